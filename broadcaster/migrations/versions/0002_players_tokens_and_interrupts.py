"""What players say of themselves, tokens of other programs, interrupts, and whose event an airing is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("players") as table:
        table.add_column(sa.Column("technology", sa.String(), nullable=False, server_default="ip"))
        table.add_column(sa.Column("token_prefix", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("token_made_at", INSTANT, nullable=True))
        table.create_index("ix_players_token_hash", ["token_hash"])
    _create_player_status()
    _create_api_tokens()
    _create_interrupts()
    with op.batch_alter_table("airings") as table:
        table.add_column(sa.Column("skew_ms", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("interrupted_by", sa.String(), nullable=True))
        table.drop_constraint("uq_airings_event_id", type_="unique")
        table.create_unique_constraint("uq_airings_player_id_event_id", ["player_id", "event_id"])
    op.create_index(
        "uq_airings_event_without_player",
        "airings",
        ["event_id"],
        unique=True,
        sqlite_where=sa.text("player_id IS NULL"),
        postgresql_where=sa.text("player_id IS NULL"),
    )


def _create_player_status() -> None:
    op.create_table(
        "player_status",
        sa.Column("player_id", sa.Integer(), nullable=False),
        sa.Column("heard_at", INSTANT, nullable=False),
        sa.Column("pulled_at", INSTANT, nullable=True),
        sa.Column("skew_ms", sa.BigInteger(), nullable=True),
        sa.Column("generation", sa.String(), nullable=True),
        sa.Column("valid_until", INSTANT, nullable=True),
        sa.Column("holds", sa.JSON(), nullable=False),
        sa.Column("free_bytes", sa.BigInteger(), nullable=True),
        sa.Column("airings_waiting", sa.Integer(), nullable=False),
        sa.Column("airings_rejected", sa.Integer(), nullable=False),
        sa.Column("agent", sa.String(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["player_id"], ["players.id"], name=op.f("fk_player_status_player_id")),
        sa.PrimaryKeyConstraint("player_id", name=op.f("pk_player_status")),
    )


def _create_api_tokens() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("token_prefix", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_api_tokens_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("name", name=op.f("uq_api_tokens_name")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )


def _create_interrupts() -> None:
    op.create_table(
        "interrupts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("zone_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("length_ms", sa.Integer(), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("sent_by", sa.String(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_interrupts_zone_id")),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_interrupts_article_id")),
        sa.ForeignKeyConstraint(["session_id"], ["broadcast_sessions.id"], name=op.f("fk_interrupts_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interrupts")),
        sa.UniqueConstraint("code", name=op.f("uq_interrupts_code")),
    )
    op.create_index(op.f("ix_interrupts_article_id"), "interrupts", ["article_id"])
    op.create_table(
        "drill_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("interrupt_id", sa.Integer(), nullable=False),
        sa.Column("player_id", sa.Integer(), nullable=True),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("played_ms", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("reported_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["interrupt_id"], ["interrupts.id"], name=op.f("fk_drill_reports_interrupt_id")),
        sa.ForeignKeyConstraint(["player_id"], ["players.id"], name=op.f("fk_drill_reports_player_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill_reports")),
    )
    op.create_index(op.f("ix_drill_reports_interrupt_id"), "drill_reports", ["interrupt_id"])


def downgrade() -> None:
    op.drop_index("uq_airings_event_without_player", "airings")
    with op.batch_alter_table("airings") as table:
        table.drop_constraint("uq_airings_player_id_event_id", type_="unique")
        table.create_unique_constraint("uq_airings_event_id", ["event_id"])
        table.drop_column("interrupted_by")
        table.drop_column("skew_ms")
    for name in ("drill_reports", "interrupts", "api_tokens", "player_status"):
        op.drop_table(name)
    with op.batch_alter_table("players") as table:
        table.drop_index("ix_players_token_hash")
        for name in ("token_made_at", "token_prefix", "technology"):
            table.drop_column(name)

"""Corrections of airings, entries about closed months, the lines of a closed month, and what months are counted by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("closed_months", sa.Column("lines", sa.JSON(), nullable=True))
    op.create_table(
        "late_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("about_month", sa.String(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("aired_ms", sa.Integer(), nullable=False),
        sa.Column("cluster_ms", sa.Integer(), nullable=False),
        sa.Column("first_run_ms", sa.Integer(), nullable=False),
        sa.Column("repeat_ms", sa.Integer(), nullable=False),
        sa.Column("first_runs", sa.Integer(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["broadcast_sessions.id"], name=op.f("fk_late_entries_session_id")),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_late_entries_article_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_late_entries_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_entries")),
    )
    op.create_index(op.f("ix_late_entries_month"), "late_entries", ["month"])
    op.create_table(
        "airing_corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("airing_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("was_started_at", INSTANT, nullable=False),
        sa.Column("was_played_ms", sa.Integer(), nullable=False),
        sa.Column("was_outcome", sa.String(), nullable=False),
        sa.Column("was_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["airing_id"], ["airings.id"], name=op.f("fk_airing_corrections_airing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_airing_corrections")),
    )
    op.create_index(op.f("ix_airing_corrections_airing_id"), "airing_corrections", ["airing_id"])
    # The rows of articles are long: these answer "whose, and in which month" without touching them.
    op.create_index("ix_articles_received_at", "articles", ["received_at", "unit_id"])
    op.create_index("ix_approvals_approved_at", "approvals", ["approved_at"])
    op.create_index("ix_posts_posts_at", "posts", ["posts_at"])


def downgrade() -> None:
    op.drop_index("ix_posts_posts_at", "posts")
    op.drop_index("ix_approvals_approved_at", "approvals")
    op.drop_index("ix_articles_received_at", "articles")
    op.drop_table("airing_corrections")
    op.drop_table("late_entries")
    op.drop_column("closed_months", "lines")

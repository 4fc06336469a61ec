"""Texts of articles are kept, scans attached, dossiers looked through, endorsements bound to a text; words indexed."""

import sqlalchemy as sa
from alembic import op

from broadcaster.models.index import index_again

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("endorsements") as endorsements:
        endorsements.add_column(sa.Column("text_digest", sa.String(), nullable=True))
        endorsements.add_column(sa.Column("recorded_by", sa.String(), nullable=True))
    op.create_table(
        "article_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("text_digest", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_article_versions_article_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_versions")),
        sa.UniqueConstraint("article_id", "text_digest", name=op.f("uq_article_versions_article_id_text_digest")),
    )
    op.create_index(op.f("ix_article_versions_article_id"), "article_versions", ["article_id"])
    op.create_table(
        "scans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("suffix", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_scans_article_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scans")),
    )
    op.create_index(op.f("ix_scans_article_id"), "scans", ["article_id"])
    checks: list[sa.Column[bool]] = [
        sa.Column(name, sa.Boolean(), nullable=False)
        for name in ("motive", "figures", "results", "spread", "cover", "sealed")
    ]
    op.create_table(
        "dossier_checks",
        sa.Column("article_id", sa.Integer(), nullable=False),
        *checks,
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_dossier_checks_article_id")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_dossier_checks")),
    )
    op.create_index(op.f("ix_audit_log_what"), "audit_log", ["what"])
    _fill()


def _fill() -> None:
    """The present texts become the first that are kept. Which text an old endorsement was for, nobody wrote down."""
    connection = op.get_bind()
    connection.execute(
        sa.text(
            'INSERT INTO article_versions (article_id, text_digest, title, summary, body, "by", "at") '
            "SELECT id, text_digest, title, summary, body, entered_by, changed_at FROM articles"
        )
    )
    if connection.dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE article_words USING fts5(exact, folded, tokenize='unicode61 remove_diacritics 0')"
        )
    else:
        op.create_table(
            "article_words",
            sa.Column("article_id", sa.Integer(), nullable=False),
            sa.Column("exact", sa.Text(), nullable=False),
            sa.Column("folded", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("article_id", name=op.f("pk_article_words")),
        )
        for column in ("exact", "folded"):
            op.execute(
                f"CREATE INDEX ix_article_words_{column} ON article_words USING gin (to_tsvector('simple', {column}))"
            )
    index_again(connection)


def downgrade() -> None:
    op.drop_table("article_words")
    op.drop_index(op.f("ix_audit_log_what"), "audit_log")
    for table in ("dossier_checks", "scans", "article_versions"):
        op.drop_table(table)
    with op.batch_alter_table("endorsements") as endorsements:
        endorsements.drop_column("recorded_by")
        endorsements.drop_column("text_digest")

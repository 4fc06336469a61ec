"""Sentences with their times, renditions at another pace, what an item of a bulletin sounds like, what was refused."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("renditions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sentences", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("pacing", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.create_index(batch_op.f("ix_renditions_frames_key"), ["frames_key"], unique=False)
    with op.batch_alter_table("bulletin_items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("frames_key", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "rendition_faults",
        sa.Column("shaped_by", sa.String(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("can_retry", sa.Boolean(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_rendition_faults_article_id")),
        sa.PrimaryKeyConstraint("shaped_by", name=op.f("pk_rendition_faults")),
    )
    with op.batch_alter_table("rendition_faults", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rendition_faults_article_id"), ["article_id"], unique=False)


def downgrade() -> None:
    op.drop_table("rendition_faults")
    with op.batch_alter_table("bulletin_items", schema=None) as batch_op:
        batch_op.drop_column("frames_key")
    with op.batch_alter_table("renditions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_renditions_frames_key"))
        batch_op.drop_column("pacing")
        batch_op.drop_column("sentences")

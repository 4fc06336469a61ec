"""How quick each voice reads, learnt from what it has read."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "voice_paces",
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("voice", sa.String(), nullable=False),
        sa.Column("syllable_ms", sa.Float(), nullable=False),
        sa.Column("comma_ms", sa.Float(), nullable=False),
        sa.Column("stop_ms", sa.Float(), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("learnt_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("engine", "voice", name=op.f("pk_voice_paces")),
    )


def downgrade() -> None:
    op.drop_table("voice_paces")

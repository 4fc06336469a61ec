"""Plans are changed by hand, locked in part, and made in the background."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plans", sa.Column("base_version", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("plans", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("plans", sa.Column("made_by", sa.String(), nullable=False, server_default=""))
    op.add_column("placements", sa.Column("locked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column(
        "broadcast_sessions", sa.Column("programme_version", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("broadcast_sessions", sa.Column("programme_changed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "plan_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("zone_code", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("permille", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message", sa.String(), nullable=True),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_runs_plan_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_runs")),
    )
    with op.batch_alter_table("plan_runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_runs_month"), ["month"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("plan_runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_runs_month"))
    op.drop_table("plan_runs")
    op.drop_column("broadcast_sessions", "programme_changed_at")
    op.drop_column("broadcast_sessions", "programme_version")
    op.drop_column("placements", "locked")
    op.drop_column("plans", "made_by")
    op.drop_column("plans", "version")
    op.drop_column("plans", "base_version")

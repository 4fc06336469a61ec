"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("deadline_on", sa.Date(), nullable=False),
        sa.Column("deadline_inclusive", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("code", name=op.f("uq_campaigns_code")),
    )
    op.create_table(
        "clock_jobs",
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("every_s", sa.Integer(), nullable=False),
        sa.Column("done_through", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("lease_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_clock_jobs")),
    )
    op.create_table(
        "closed_months",
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_closed_months")),
    )
    op.create_table(
        "columns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("posts_a_day", sa.Integer(), nullable=False),
        sa.Column("posts_at", sa.Time(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_columns")),
        sa.UniqueConstraint("code", name=op.f("uq_columns_code")),
    )
    op.create_table(
        "job_runs",
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("job", "due_at", name=op.f("pk_job_runs")),
    )
    op.create_table(
        "lexicon",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("written", sa.String(), nullable=False),
        sa.Column("spoken", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lexicon")),
    )
    with op.batch_alter_table("lexicon", schema=None) as batch_op:
        batch_op.create_index(
            "uq_lexicon_one_standing",
            ["written", "before", "after", "unit_code"],
            unique=True,
            sqlite_where=sa.text("removed_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL"),
        )

    op.create_table(
        "plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("base_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("bound", sa.Float(), nullable=True),
        sa.Column("gap", sa.Float(), nullable=True),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["base_id"], ["plans.id"], name=op.f("fk_plans_base_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
    )
    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plans_month"), ["month"], unique=False)
        batch_op.create_index(
            "uq_plans_one_published",
            ["month"],
            unique=True,
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )

    op.create_table(
        "zones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("earliest_start", sa.Time(), nullable=False),
        sa.Column("longest_session_ms", sa.Integer(), nullable=False),
        sa.Column("gap_ms", sa.Integer(), nullable=False),
        sa.Column("frame_ms", sa.Integer(), nullable=False),
        sa.Column("max_airings", sa.Integer(), nullable=False),
        sa.Column("min_between_airings_h", sa.Integer(), nullable=False),
        sa.Column("max_airings_in_days_count", sa.Integer(), nullable=False),
        sa.Column("max_airings_in_days_days", sa.Integer(), nullable=False),
        sa.Column("max_per_unit_in_session", sa.Integer(), nullable=False),
        sa.Column("adjacent_same_field", sa.Boolean(), nullable=False),
        sa.Column("target_lufs", sa.Float(), nullable=False),
        sa.Column("filler", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zones")),
        sa.UniqueConstraint("code", name=op.f("uq_zones_code")),
    )
    op.create_table(
        "broadcast_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("zone_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("length_ms", sa.Integer(), nullable=False),
        sa.Column("rule_code", sa.String(), nullable=True),
        sa.Column("cancelled_why", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_broadcast_sessions_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast_sessions")),
        sa.UniqueConstraint("zone_id", "starts_at", name=op.f("uq_broadcast_sessions_zone_id_starts_at")),
    )
    with op.batch_alter_table("broadcast_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_broadcast_sessions_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "players",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("zone_id", sa.Integer(), nullable=False),
        sa.Column("read_key", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_players_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_players")),
        sa.UniqueConstraint("code", name=op.f("uq_players_code")),
        sa.UniqueConstraint("read_key", name=op.f("uq_players_read_key")),
    )
    op.create_table(
        "slot_exceptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("zone_id", sa.Integer(), nullable=True),
        sa.Column("rule_code", sa.String(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=True),
        sa.Column("length_ms", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_slot_exceptions_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_exceptions")),
    )
    op.create_table(
        "slot_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("zone_id", sa.Integer(), nullable=False),
        sa.Column("weekdays", sa.String(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=False),
        sa.Column("length_ms", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("on_holidays", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_slot_rules_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_rules")),
        sa.UniqueConstraint("code", name=op.f("uq_slot_rules_code")),
    )
    op.create_table(
        "units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("zone_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_units_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("code", name=op.f("uq_units_code")),
    )
    op.create_table(
        "airtime_targets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("from_month", sa.String(), nullable=False),
        sa.Column("min_ms", sa.Integer(), nullable=False),
        sa.Column("min_articles", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_airtime_targets_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_airtime_targets")),
        sa.UniqueConstraint("unit_id", "from_month", name=op.f("uq_airtime_targets_unit_id_from_month")),
    )
    op.create_table(
        "articles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("priority", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("text_digest", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("air_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_why", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_articles_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("ref", name=op.f("uq_articles_ref")),
    )
    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_articles_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "bulletins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("composition", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("length_ms", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("spoken_by", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["broadcast_sessions.id"], name=op.f("fk_bulletins_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletins")),
        sa.UniqueConstraint("code", name=op.f("uq_bulletins_code")),
    )
    with op.batch_alter_table("bulletins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bulletins_session_id"), ["session_id"], unique=False)
        batch_op.create_index(
            "uq_bulletins_one_standing",
            ["session_id"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )

    op.create_table(
        "plan_units",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("target_ms", sa.Integer(), nullable=False),
        sa.Column("planned_ms", sa.Integer(), nullable=False),
        sa.Column("short_ms", sa.Integer(), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("reachable_ms", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_units_plan_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_plan_units_unit_id")),
        sa.PrimaryKeyConstraint("plan_id", "unit_id", name=op.f("pk_plan_units")),
    )
    op.create_table(
        "quotas",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("min_articles", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_quotas_campaign_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_quotas_unit_id")),
        sa.PrimaryKeyConstraint("campaign_id", "unit_id", name=op.f("pk_quotas")),
    )
    op.create_table(
        "successions",
        sa.Column("successor_id", sa.Integer(), nullable=False),
        sa.Column("predecessor_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["predecessor_id"], ["units.id"], name=op.f("fk_successions_predecessor_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["units.id"], name=op.f("fk_successions_successor_id")),
        sa.PrimaryKeyConstraint("successor_id", "predecessor_id", name=op.f("pk_successions")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_users_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
    )
    op.create_table(
        "accepted_readings",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("text_digest", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("spoken", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_accepted_readings_article_id")),
        sa.PrimaryKeyConstraint("article_id", "text_digest", "token", "spoken", name=op.f("pk_accepted_readings")),
    )
    op.create_table(
        "airings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("bulletin_id", sa.Integer(), nullable=False),
        sa.Column("player_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("played_ms", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bulletin_id"], ["bulletins.id"], name=op.f("fk_airings_bulletin_id")),
        sa.ForeignKeyConstraint(["player_id"], ["players.id"], name=op.f("fk_airings_player_id")),
        sa.ForeignKeyConstraint(["session_id"], ["broadcast_sessions.id"], name=op.f("fk_airings_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_airings")),
        sa.UniqueConstraint("event_id", name=op.f("uq_airings_event_id")),
    )
    with op.batch_alter_table("airings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_airings_bulletin_id"), ["bulletin_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_airings_session_id"), ["session_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_airings_started_at"), ["started_at"], unique=False)

    op.create_table(
        "approvals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text_digest", sa.String(), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_approvals_article_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
    )
    with op.batch_alter_table("approvals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_approvals_article_id"), ["article_id"], unique=False)

    op.create_table(
        "article_columns",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("column_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_article_columns_article_id")),
        sa.ForeignKeyConstraint(["column_id"], ["columns.id"], name=op.f("fk_article_columns_column_id")),
        sa.PrimaryKeyConstraint("article_id", "column_id", name=op.f("pk_article_columns")),
    )
    op.create_table(
        "article_zones",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("zone_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_article_zones_article_id")),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_article_zones_zone_id")),
        sa.PrimaryKeyConstraint("article_id", "zone_id", name=op.f("pk_article_zones")),
    )
    op.create_table(
        "bulletin_items",
        sa.Column("bulletin_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("starts_ms", sa.Integer(), nullable=False),
        sa.Column("length_ms", sa.Integer(), nullable=False),
        sa.Column("spoken_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_bulletin_items_article_id")),
        sa.ForeignKeyConstraint(["bulletin_id"], ["bulletins.id"], name=op.f("fk_bulletin_items_bulletin_id")),
        sa.PrimaryKeyConstraint("bulletin_id", "position", name=op.f("pk_bulletin_items")),
    )
    with op.batch_alter_table("bulletin_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bulletin_items_article_id"), ["article_id"], unique=False)

    op.create_table(
        "cover_people",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.String(), nullable=True),
        sa.Column("workplace", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_cover_people_article_id")),
        sa.PrimaryKeyConstraint("article_id", "role", name=op.f("pk_cover_people")),
    )
    op.create_table(
        "endorsements",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.String(), nullable=False),
        sa.Column("endorsed_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_endorsements_article_id")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_endorsements")),
    )
    op.create_table(
        "placements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("length_ms", sa.Integer(), nullable=False),
        sa.Column("first_run", sa.Boolean(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_why", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_placements_article_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_placements_plan_id")),
        sa.ForeignKeyConstraint(["session_id"], ["broadcast_sessions.id"], name=op.f("fk_placements_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placements")),
        sa.UniqueConstraint(
            "plan_id", "session_id", "article_id", name=op.f("uq_placements_plan_id_session_id_article_id")
        ),
    )
    with op.batch_alter_table("placements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_placements_article_id"), ["article_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_placements_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_placements_session_id"), ["session_id"], unique=False)

    op.create_table(
        "plan_reasons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("zone_code", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_plan_reasons_article_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_reasons_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_reasons")),
    )
    with op.batch_alter_table("plan_reasons", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_reasons_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "posts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("column_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("posts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_why", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_posts_article_id")),
        sa.ForeignKeyConstraint(["column_id"], ["columns.id"], name=op.f("fk_posts_column_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_posts_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("plan_id", "column_id", "article_id", name=op.f("uq_posts_plan_id_column_id_article_id")),
    )
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_posts_article_id"), ["article_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_posts_column_id"), ["column_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_posts_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "recordings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("text_digest", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("suffix", sa.String(), nullable=False),
        sa.Column("length_ms", sa.Integer(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_recordings_article_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recordings")),
    )
    with op.batch_alter_table("recordings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recordings_article_id"), ["article_id"], unique=False)

    op.create_table(
        "renditions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=True),
        sa.Column("shaped_by", sa.String(), nullable=False),
        sa.Column("frames_key", sa.String(), nullable=False),
        sa.Column("media_sha256", sa.String(), nullable=False),
        sa.Column("media_bytes", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("voice", sa.String(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("length_ms", sa.Integer(), nullable=False),
        sa.Column("loudness_lufs", sa.Float(), nullable=False),
        sa.Column("true_peak_dbtp", sa.Float(), nullable=False),
        sa.Column("degraded", sa.JSON(), nullable=False),
        sa.Column("unknown_words", sa.JSON(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_renditions_article_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renditions")),
        sa.UniqueConstraint("shaped_by", name=op.f("uq_renditions_shaped_by")),
    )
    with op.batch_alter_table("renditions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_renditions_article_id"), ["article_id"], unique=False)


def downgrade() -> None:

    with op.batch_alter_table("renditions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_renditions_article_id"))

    op.drop_table("renditions")
    with op.batch_alter_table("recordings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recordings_article_id"))

    op.drop_table("recordings")
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_posts_plan_id"))
        batch_op.drop_index(batch_op.f("ix_posts_column_id"))
        batch_op.drop_index(batch_op.f("ix_posts_article_id"))

    op.drop_table("posts")
    with op.batch_alter_table("plan_reasons", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_reasons_plan_id"))

    op.drop_table("plan_reasons")
    with op.batch_alter_table("placements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_placements_session_id"))
        batch_op.drop_index(batch_op.f("ix_placements_plan_id"))
        batch_op.drop_index(batch_op.f("ix_placements_article_id"))

    op.drop_table("placements")
    op.drop_table("endorsements")
    op.drop_table("cover_people")
    with op.batch_alter_table("bulletin_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bulletin_items_article_id"))

    op.drop_table("bulletin_items")
    op.drop_table("article_zones")
    op.drop_table("article_columns")
    with op.batch_alter_table("approvals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_approvals_article_id"))

    op.drop_table("approvals")
    with op.batch_alter_table("airings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_airings_started_at"))
        batch_op.drop_index(batch_op.f("ix_airings_session_id"))
        batch_op.drop_index(batch_op.f("ix_airings_bulletin_id"))

    op.drop_table("airings")
    op.drop_table("accepted_readings")
    op.drop_table("users")
    op.drop_table("successions")
    op.drop_table("quotas")
    op.drop_table("plan_units")
    with op.batch_alter_table("bulletins", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_bulletins_one_standing",
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_bulletins_session_id"))

    op.drop_table("bulletins")
    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_articles_unit_id"))

    op.drop_table("articles")
    op.drop_table("airtime_targets")
    op.drop_table("units")
    op.drop_table("slot_rules")
    op.drop_table("slot_exceptions")
    op.drop_table("players")
    with op.batch_alter_table("broadcast_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_broadcast_sessions_starts_at"))

    op.drop_table("broadcast_sessions")
    op.drop_table("zones")
    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_plans_one_published",
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )
        batch_op.drop_index(batch_op.f("ix_plans_month"))

    op.drop_table("plans")
    with op.batch_alter_table("lexicon", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_lexicon_one_standing",
            sqlite_where=sa.text("removed_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL"),
        )

    op.drop_table("lexicon")
    op.drop_table("job_runs")
    op.drop_table("columns")
    op.drop_table("closed_months")
    op.drop_table("clock_jobs")
    op.drop_table("campaigns")
    op.drop_table("audit_log")

"""Add what registering and deciding need: files, the call's questions, selection, letters, appeals, mailings.

Columns with a key or a check are added in one statement of their own: on SQLite a table that others
point to must not be built anew, its rows' children would go with the old one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ROLES = ("administrator", "organizer", "gate", "till", "official", "cooperative", "desk_agent")
_SOURCES = "'committee', 'women_led', 'youth', 'first_time', 'rural', 'complete'"


def _plain_columns() -> tuple[tuple[str, tuple[sa.Column[object], ...]], ...]:
    moment = sa.DateTime(timezone=True)
    return (
        (
            "cooperatives",
            (
                sa.Column("words_ar", sa.String(length=200), nullable=False, server_default=""),
                sa.Column("words_fr", sa.String(length=200), nullable=False, server_default=""),
                sa.Column("about_ar", sa.String(length=500), nullable=True),
                sa.Column("about_fr", sa.String(length=500), nullable=True),
            ),
        ),
        (
            "criteria",
            (
                sa.Column("guide_ar", sa.String(length=500), nullable=True),
                sa.Column("guide_fr", sa.String(length=500), nullable=True),
                sa.Column("guide_en", sa.String(length=500), nullable=True),
            ),
        ),
        (
            "events",
            (
                sa.Column("objections_ar", sa.Text(), nullable=True),
                sa.Column("objections_fr", sa.Text(), nullable=True),
                sa.Column("objections_en", sa.Text(), nullable=True),
                sa.Column("objection_days", sa.Integer(), nullable=False, server_default="10"),
                sa.Column("reviews_wanted", sa.Integer(), nullable=False, server_default="2"),
                sa.Column("is_blind", sa.Boolean(), nullable=False, server_default=sa.false()),
                sa.Column("draw_seed", sa.String(length=64), nullable=True),
                sa.Column("offer_hours", sa.Integer(), nullable=False, server_default="48"),
                sa.Column("waiting_list_stopped_at", moment, nullable=True),
                sa.Column("details_due_on", sa.Date(), nullable=True),
            ),
        ),
        ("registration_drafts", (sa.Column("version", sa.Integer(), nullable=False, server_default="1"),)),
        (
            "registrations",
            (
                sa.Column("consent", sa.String(length=20), nullable=True),
                sa.Column("consent_at", moment, nullable=True),
                sa.Column("confirmed_at", moment, nullable=True),
                sa.Column("disputed_at", moment, nullable=True),
            ),
        ),
        (
            "required_documents",
            (sa.Column("can_be_exempt", sa.Boolean(), nullable=False, server_default=sa.false()),),
        ),
    )


# (table, column, the rest of its definition): one statement that both databases take
_KEYED = (
    (
        "cooperatives",
        "merged_into_id",
        "INTEGER CONSTRAINT fk_cooperatives_merged_into_id_cooperatives REFERENCES cooperatives (id)",
    ),
    (
        "criteria",
        "scale",
        "INTEGER DEFAULT 5 NOT NULL CONSTRAINT ck_criteria_scale_in_points CHECK (scale BETWEEN 1 AND 20)",
    ),
    (
        "criteria",
        "source",
        "VARCHAR(32) DEFAULT 'committee' NOT NULL"
        f" CONSTRAINT ck_criteria_criterionsource CHECK (source IN ({_SOURCES}))",
    ),
    (
        "registration_drafts",
        "started_by_id",
        "INTEGER CONSTRAINT fk_registration_drafts_started_by_id_accounts REFERENCES accounts (id)",
    ),
    (
        "registration_drafts",
        "edits_id",
        "INTEGER CONSTRAINT fk_registration_drafts_edits_id_registrations REFERENCES registrations (id)",
    ),
    (
        "registrations",
        "filed_for_network_id",
        "INTEGER CONSTRAINT fk_registrations_filed_for_network_id_networks REFERENCES networks (id)",
    ),
)
_INDEXED = (
    (
        "cooperatives",
        (
            ("ice",),
            ("province_code",),
            ("words_ar", "province_code"),
            ("words_fr", "province_code"),
            ("register_number", "register_court"),
        ),
    ),
    ("cooperative_sectors", (("sector_code", "cooperative_id"),)),
    ("registration_drafts", (("edits_id",), ("started_by_id",))),
)
# What one scan counts of the directory, and who was merged into whom.
_COUNTED = ("merged_into_id", "legal_kind", "province_code", "women_led", "rural")


def _add_columns() -> None:
    for table, columns in _plain_columns():
        for column in columns:
            op.add_column(table, column)
    for table, name, definition in _KEYED:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {definition}")
    for table, keys in _INDEXED:
        for columns in keys:
            op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))
    op.create_index("ix_cooperatives_counted", "cooperatives", list(_COUNTED))


def _drop_columns() -> None:
    op.drop_index("ix_cooperatives_counted", table_name="cooperatives")
    for table, keys in _INDEXED:
        for columns in keys:
            op.drop_index(f"ix_{table}_{'_'.join(columns)}", table_name=table)
    for table, name, _definition in _KEYED:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
    for table, columns in _plain_columns():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column.name}")


def _allow_reviewers() -> None:
    _name_roles((*_ROLES, "reviewer"))


def _forbid_reviewers() -> None:
    op.execute("DELETE FROM role_grants WHERE role = 'reviewer'")
    _name_roles(_ROLES)


def _name_roles(roles: tuple[str, ...]) -> None:
    """Set the roles that a grant may name. Nothing points to this table: SQLite may build it anew."""
    if op.get_bind().dialect.name == "postgresql":
        names = ", ".join(f"'{role}'" for role in roles)
        op.execute("ALTER TABLE role_grants DROP CONSTRAINT ck_role_grants_role")
        op.execute(f"ALTER TABLE role_grants ADD CONSTRAINT ck_role_grants_role CHECK (role IN ({names}))")
        return
    table = _role_grants(roles)
    with op.batch_alter_table("role_grants", copy_from=table, recreate="always") as batch:
        for name in ("account_id", "cooperative_id"):  # the old ones went with the old table
            batch.create_index(f"ix_role_grants_{name}", [name])


def _role_grants(roles: tuple[str, ...]) -> sa.Table:
    def kind(name: str, *values: str) -> sa.Enum:
        return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)

    convention = {
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
    return sa.Table(
        "role_grants",
        sa.MetaData(naming_convention=convention),
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("role", kind("role", *roles), nullable=False),
        sa.Column("scope", kind("scopekind", "nation", "region", "event", "cooperative"), nullable=False),
        sa.Column("region_code", sa.String(length=2)),
        sa.Column("event_id", sa.Integer(), sa.ForeignKey("events.id")),
        sa.Column("cooperative_id", sa.Integer(), sa.ForeignKey("cooperatives.id")),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), sa.ForeignKey("accounts.id")),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "(scope = 'nation') OR (scope = 'region' AND region_code IS NOT NULL)"
            " OR (scope = 'event' AND event_id IS NOT NULL)"
            " OR (scope = 'cooperative' AND cooperative_id IS NOT NULL)",
            name="scope_is_named",
        ),
    )


def _add_bulk_decisions() -> None:
    moment, large = sa.DateTime(timezone=True), sa.BigInteger().with_variant(sa.Integer(), "sqlite")

    def kind(name: str, *values: str) -> sa.Enum:
        return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)

    op.create_table(
        "bulk_decisions",
        sa.Column("id", large, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column(
            "event_id",
            sa.Integer(),
            sa.ForeignKey("events.id", name="fk_bulk_decisions_event_id_events", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("state", kind("bulkstate", "prepared", "running", "done"), nullable=False),
        sa.Column(
            "decision",
            kind("decision", "review", "ask", "accept", "waitlist", "refuse", "withdraw"),
            nullable=False,
        ),
        sa.Column("reason_code", sa.String(length=40), nullable=True),
        sa.Column("note_ar", sa.Text(), nullable=True),
        sa.Column("note_fr", sa.Text(), nullable=True),
        sa.Column("query", sa.String(length=500), nullable=False),
        sa.Column(
            "reverses_id",
            large,
            sa.ForeignKey("bulk_decisions.id", name="fk_bulk_decisions_reverses_id_bulk_decisions"),
        ),
        sa.Column("prepared_at", moment, nullable=False),
        sa.Column(
            "prepared_by_id",
            sa.Integer(),
            sa.ForeignKey("accounts.id", name="fk_bulk_decisions_prepared_by_id_accounts"),
        ),
        sa.Column("started_at", moment, nullable=True),
        sa.Column("finished_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_bulk_decisions"),
        sa.UniqueConstraint("code", name="uq_bulk_decisions_code"),
    )
    for name in ("event_id", "reverses_id"):
        op.create_index(f"ix_bulk_decisions_{name}", "bulk_decisions", [name])
    states = (
        "draft",
        "received",
        "under_review",
        "incomplete",
        "accepted",
        "waitlisted",
        "refused",
        "withdrawn",
    )
    op.create_table(
        "bulk_items",
        sa.Column("id", large, nullable=False),
        sa.Column(
            "bulk_id",
            large,
            sa.ForeignKey(
                "bulk_decisions.id", name="fk_bulk_items_bulk_id_bulk_decisions", ondelete="CASCADE"
            ),
            nullable=False,
        ),
        sa.Column(
            "registration_id",
            sa.Integer(),
            sa.ForeignKey(
                "registrations.id", name="fk_bulk_items_registration_id_registrations", ondelete="CASCADE"
            ),
            nullable=False,
        ),
        sa.Column("seen", kind("registrationstate", *states), nullable=False),
        sa.Column(
            "outcome", kind("bulkoutcome", "decided", "changed", "impossible", "missing"), nullable=True
        ),
        sa.Column("is_told", sa.Boolean(), nullable=False),
        sa.Column(
            "change_id",
            large,
            sa.ForeignKey("state_changes.id", name="fk_bulk_items_change_id_state_changes"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bulk_items"),
        sa.UniqueConstraint("bulk_id", "registration_id", name="uq_bulk_items_bulk_id_registration_id"),
    )
    op.create_index("ix_bulk_items_bulk_id_outcome", "bulk_items", ["bulk_id", "outcome"])
    op.create_index("ix_bulk_items_registration_id", "bulk_items", ["registration_id"])


def _drop_bulk_decisions() -> None:
    op.drop_table("bulk_items")
    op.drop_table("bulk_decisions")


def upgrade() -> None:
    """Apply."""
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table(
        "files",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column(
            "media_type",
            sa.Enum(
                "image/jpeg",
                "application/pdf",
                name="mediatype",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=True),
        sa.Column("height_px", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_files_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("token", name=op.f("uq_files_token")),
    )
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_files_owner"), ["owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_files_sha256"), ["sha256"], unique=False)

    op.create_table(
        "one_time_codes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.String(length=8), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "resume",
                "confirm",
                "printed",
                name="codepurpose",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_codes")),
    )
    with op.batch_alter_table("one_time_codes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_one_time_codes_reference_purpose"), ["reference", "purpose"], unique=False
        )

    op.create_table(
        "programmes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_ar", sa.String(length=200), nullable=False),
        sa.Column("name_fr", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programmes")),
        sa.UniqueConstraint("code", name=op.f("uq_programmes_code")),
    )
    op.create_table(
        "uploads",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("expected_bytes", sa.Integer(), nullable=False),
        sa.Column("received_bytes", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("token", name=op.f("uq_uploads_token")),
    )
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_uploads_owner"), ["owner"], unique=False)

    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("filename", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "reading",
                "ready",
                "unreadable",
                "applying",
                "applied",
                "undoing",
                "undone",
                "dropped",
                name="importstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("problem", sa.String(length=300), nullable=True),
        sa.Column("done_rows", sa.Integer(), nullable=False),
        sa.Column("total_rows", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("worked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["accounts.id"], name=op.f("fk_imports_created_by_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
        sa.UniqueConstraint("code", name=op.f("uq_imports_code")),
    )
    op.create_table(
        "capacities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("stop_code", sa.String(length=20), nullable=False),
        sa.Column("sector_code", sa.String(length=20), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.CheckConstraint("places >= 0", name=op.f("ck_capacities_places_not_negative")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_capacities_event_id_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capacities")),
        sa.UniqueConstraint(
            "event_id", "stop_code", "sector_code", name=op.f("uq_capacities_event_id_stop_code_sector_code")
        ),
    )
    op.create_table(
        "catalogue_products",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_ar", sa.String(length=120), nullable=False),
        sa.Column("name_fr", sa.String(length=120), nullable=False),
        sa.Column("sector_code", sa.String(length=20), nullable=False),
        sa.Column("price_minor", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=40), nullable=True),
        sa.Column("photo_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "price_minor IS NULL OR price_minor > 0", name=op.f("ck_catalogue_products_price_positive")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"],
            ["cooperatives.id"],
            name=op.f("fk_catalogue_products_cooperative_id_cooperatives"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["files.id"], name=op.f("fk_catalogue_products_photo_id_files")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_products")),
        sa.UniqueConstraint("code", name=op.f("uq_catalogue_products_code")),
    )
    with op.batch_alter_table("catalogue_products", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_catalogue_products_cooperative_id"), ["cooperative_id"], unique=False
        )

    op.create_table(
        "distinct_cooperatives",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_distinct_cooperatives_in_order")),
        sa.ForeignKeyConstraint(
            ["first_id"],
            ["cooperatives.id"],
            name=op.f("fk_distinct_cooperatives_first_id_cooperatives"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["said_by_id"], ["accounts.id"], name=op.f("fk_distinct_cooperatives_said_by_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["second_id"],
            ["cooperatives.id"],
            name=op.f("fk_distinct_cooperatives_second_id_cooperatives"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distinct_cooperatives")),
        sa.UniqueConstraint(
            "first_id", "second_id", name=op.f("uq_distinct_cooperatives_first_id_second_id")
        ),
    )
    with op.batch_alter_table("distinct_cooperatives", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_distinct_cooperatives_second_id"), ["second_id"], unique=False)

    op.create_table(
        "import_contents",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["imports.id"],
            name=op.f("fk_import_contents_import_id_imports"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_import_contents")),
    )
    op.create_table(
        "import_rows",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "new",
                "changed",
                "same",
                "doubtful",
                "repeated",
                "wrong",
                name="rowoutcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "choice",
            sa.Enum(
                "same",
                "new",
                "left_out",
                name="rowchoice",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("cooperative_id", sa.Integer(), nullable=True),
        sa.Column("new_code", sa.String(length=8), nullable=True),
        sa.Column("seen", sa.String(length=16), nullable=True),
        sa.Column("stated", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_import_rows_import_id_imports"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_rows")),
        sa.UniqueConstraint("import_id", "number", name=op.f("uq_import_rows_import_id_number")),
    )
    with op.batch_alter_table("import_rows", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_import_rows_import_id_outcome"), ["import_id", "outcome"], unique=False
        )

    op.create_table(
        "mailings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("query", sa.String(length=500), nullable=False),
        sa.Column("subject_ar", sa.String(length=150), nullable=False),
        sa.Column("body_ar", sa.Text(), nullable=False),
        sa.Column("subject_fr", sa.String(length=150), nullable=False),
        sa.Column("body_fr", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_mailings_event_id_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["accounts.id"], name=op.f("fk_mailings_written_by_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailings")),
        sa.UniqueConstraint("code", name=op.f("uq_mailings_code")),
    )
    with op.batch_alter_table("mailings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mailings_event_id"), ["event_id"], unique=False)

    op.create_table(
        "merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("merged_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["kept_id"], ["cooperatives.id"], name=op.f("fk_merges_kept_id_cooperatives")
        ),
        sa.ForeignKeyConstraint(
            ["merged_by_id"], ["accounts.id"], name=op.f("fk_merges_merged_by_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["merged_id"], ["cooperatives.id"], name=op.f("fk_merges_merged_id_cooperatives")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["accounts.id"], name=op.f("fk_merges_undone_by_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
        sa.UniqueConstraint("code", name=op.f("uq_merges_code")),
    )
    with op.batch_alter_table("merges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_merges_kept_id"), ["kept_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_merges_merged_id"), ["merged_id"], unique=False)

    op.create_table(
        "networks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name_ar", sa.String(length=200), nullable=False),
        sa.Column("name_fr", sa.String(length=200), nullable=False),
        sa.Column("province_code", sa.String(length=6), nullable=True),
        sa.Column("body_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["body_id"], ["cooperatives.id"], name=op.f("fk_networks_body_id_cooperatives")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_networks")),
        sa.UniqueConstraint("code", name=op.f("uq_networks_code")),
    )
    with op.batch_alter_table("networks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_networks_body_id"), ["body_id"], unique=False)

    op.create_table(
        "questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "phase",
            sa.Enum(
                "registration",
                "details",
                name="questionphase",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "text",
                "choice",
                "number",
                "file",
                name="questionkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("title_ar", sa.String(length=200), nullable=False),
        sa.Column("title_fr", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("hint_ar", sa.String(length=200), nullable=True),
        sa.Column("hint_fr", sa.String(length=200), nullable=True),
        sa.Column("hint_en", sa.String(length=200), nullable=True),
        sa.Column("optional", sa.Boolean(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=True),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_questions_event_id_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("event_id", "code", name=op.f("uq_questions_event_id_code")),
    )
    op.create_table(
        "saved_views",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_saved_views_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_saved_views_event_id_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint(
            "event_id", "account_id", "name", name=op.f("uq_saved_views_event_id_account_id_name")
        ),
    )
    with op.batch_alter_table("saved_views", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_views_account_id"), ["account_id"], unique=False)

    op.create_table(
        "selection_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed", "decided", name="runstate", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("input", sa.JSON(), nullable=False),
        sa.Column("result_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_selection_runs_event_id_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["accounts.id"], name=op.f("fk_selection_runs_made_by_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selection_runs")),
        sa.UniqueConstraint("code", name=op.f("uq_selection_runs_code")),
    )
    with op.batch_alter_table("selection_runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_selection_runs_event_id"), ["event_id"], unique=False)

    op.create_table(
        "supports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "until_on IS NULL OR since_on <= until_on", name=op.f("ck_supports_since_before_until")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"],
            ["cooperatives.id"],
            name=op.f("fk_supports_cooperative_id_cooperatives"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_supports_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supports")),
    )
    with op.batch_alter_table("supports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supports_cooperative_id"), ["cooperative_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supports_programme_id"), ["programme_id"], unique=False)

    op.create_table(
        "memberships",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "until_on IS NULL OR since_on <= until_on", name=op.f("ck_memberships_since_before_until")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"],
            ["cooperatives.id"],
            name=op.f("fk_memberships_cooperative_id_cooperatives"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_memberships_network_id_networks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_memberships_cooperative_id"), ["cooperative_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_memberships_network_id"), ["network_id"], unique=False)

    op.create_table(
        "reviewers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("province_code", sa.String(length=6), nullable=True),
        sa.Column("commune", sa.String(length=120), nullable=True),
        sa.Column("network_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_reviewers_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_reviewers_event_id_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_reviewers_network_id_networks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewers")),
        sa.UniqueConstraint("event_id", "account_id", name=op.f("uq_reviewers_event_id_account_id")),
    )
    with op.batch_alter_table("reviewers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reviewers_account_id"), ["account_id"], unique=False)

    op.create_table(
        "conflicts_of_interest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id"],
            ["cooperatives.id"],
            name=op.f("fk_conflicts_of_interest_cooperative_id_cooperatives"),
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"],
            ["reviewers.id"],
            name=op.f("fk_conflicts_of_interest_reviewer_id_reviewers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflicts_of_interest")),
        sa.UniqueConstraint(
            "reviewer_id", "cooperative_id", name=op.f("uq_conflicts_of_interest_reviewer_id_cooperative_id")
        ),
    )
    with op.batch_alter_table("conflicts_of_interest", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_conflicts_of_interest_cooperative_id"), ["cooperative_id"], unique=False
        )

    op.create_table(
        "edit_requests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "applied",
                "refused",
                name="editstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["accounts.id"], name=op.f("fk_edit_requests_asked_by_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_edit_requests_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["accounts.id"], name=op.f("fk_edit_requests_settled_by_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edit_requests")),
    )
    with op.batch_alter_table("edit_requests", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_edit_requests_registration_id"), ["registration_id"], unique=False
        )

    op.create_table(
        "mailing_recipients",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column(
            "reach",
            sa.Enum(
                "mail", "sms", "call", name="reach", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_by_id", sa.Integer(), nullable=True),
        sa.Column("call_note", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(
            ["called_by_id"], ["accounts.id"], name=op.f("fk_mailing_recipients_called_by_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["mailing_id"],
            ["mailings.id"],
            name=op.f("fk_mailing_recipients_mailing_id_mailings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_mailing_recipients_message_id_messages")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_mailing_recipients_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing_recipients")),
        sa.UniqueConstraint(
            "mailing_id", "registration_id", name=op.f("uq_mailing_recipients_mailing_id_registration_id")
        ),
        sa.UniqueConstraint("token", name=op.f("uq_mailing_recipients_token")),
    )
    with op.batch_alter_table("mailing_recipients", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_mailing_recipients_registration_id"), ["registration_id"], unique=False
        )

    op.create_table(
        "registration_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("question_code", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=1000), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name=op.f("fk_registration_answers_file_id_files")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_registration_answers_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_answers")),
        sa.UniqueConstraint(
            "registration_id",
            "question_code",
            name=op.f("uq_registration_answers_registration_id_question_code"),
        ),
    )
    op.create_table(
        "registration_details",
        sa.Column("registration_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_registration_details_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_registration_details")),
    )
    op.create_table(
        "registration_documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "has",
                "applied",
                "exempt",
                "missing",
                name="documentstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("explanation", sa.String(length=300), nullable=True),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name=op.f("fk_registration_documents_file_id_files")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_registration_documents_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_documents")),
        sa.UniqueConstraint(
            "registration_id",
            "code",
            "position",
            name=op.f("uq_registration_documents_registration_id_code_position"),
        ),
    )
    op.create_table(
        "review_assignments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_review_assignments_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["reviewers.id"], name=op.f("fk_review_assignments_reviewer_id_reviewers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_assignments")),
        sa.UniqueConstraint(
            "registration_id", "reviewer_id", name=op.f("uq_review_assignments_registration_id_reviewer_id")
        ),
        sa.UniqueConstraint("reviewer_id", "number", name=op.f("uq_review_assignments_reviewer_id_number")),
    )
    op.create_table(
        "selection_ranks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("overall", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("points_milli", sa.Integer(), nullable=False),
        sa.Column(
            "proposal",
            sa.Enum(
                "accept",
                "waitlist",
                "refuse",
                name="proposal",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason_code", sa.String(length=40), nullable=True),
        sa.Column("explanation", sa.JSON(), nullable=False),
        sa.Column("overridden_to", sa.String(length=10), nullable=True),
        sa.Column("override_reason_code", sa.String(length=40), nullable=True),
        sa.Column("override_note", sa.String(length=500), nullable=True),
        sa.Column("overridden_by_id", sa.Integer(), nullable=True),
        sa.Column("overridden_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["overridden_by_id"], ["accounts.id"], name=op.f("fk_selection_ranks_overridden_by_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_selection_ranks_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["selection_runs.id"],
            name=op.f("fk_selection_ranks_run_id_selection_runs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selection_ranks")),
        sa.UniqueConstraint(
            "run_id", "registration_id", name=op.f("uq_selection_ranks_run_id_registration_id")
        ),
    )
    with op.batch_alter_table("selection_ranks", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_selection_ranks_registration_id"), ["registration_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_selection_ranks_run_id_overall"), ["run_id", "overall"], unique=False
        )

    op.create_table(
        "appeals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("state_change_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "filed",
                "upheld",
                "rejected",
                "withdrawn",
                name="appealstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("reason_code", sa.String(length=40), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["accounts.id"], name=op.f("fk_appeals_answered_by_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["accounts.id"], name=op.f("fk_appeals_decided_by_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_appeals_event_id_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_appeals_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["state_change_id"], ["state_changes.id"], name=op.f("fk_appeals_state_change_id_state_changes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("code", name=op.f("uq_appeals_code")),
    )
    with op.batch_alter_table("appeals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appeals_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_appeals_registration_id"), ["registration_id"], unique=False)
        batch_op.create_index(
            "uq_appeals_filed_registration_id",
            ["registration_id"],
            unique=True,
            sqlite_where=sa.text("state = 'filed'"),
            postgresql_where=sa.text("state = 'filed'"),
        )

    op.create_table(
        "decision_letters",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("state_change_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("appeal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("facts_hash", sa.String(length=64), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("object_until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_decision_letters_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["selection_runs.id"], name=op.f("fk_decision_letters_run_id_selection_runs")
        ),
        sa.ForeignKeyConstraint(
            ["state_change_id"],
            ["state_changes.id"],
            name=op.f("fk_decision_letters_state_change_id_state_changes"),
        ),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeals.id"], name=op.f("fk_decision_letters_appeal_id_appeals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_letters")),
        sa.UniqueConstraint("appeal_id", name=op.f("uq_decision_letters_appeal_id")),
        sa.UniqueConstraint("token", name=op.f("uq_decision_letters_token")),
    )
    with op.batch_alter_table("decision_letters", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_decision_letters_registration_id"), ["registration_id"], unique=False
        )
        batch_op.create_index(
            "uq_decision_letters_of_a_decision",
            ["state_change_id"],
            unique=True,
            sqlite_where=sa.text("appeal_id IS NULL"),
            postgresql_where=sa.text("appeal_id IS NULL"),
        )

    op.create_table(
        "letter_prints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("on_paper_only", sa.Boolean(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("letters", sa.Integer(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_letter_prints_event_id_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["accounts.id"], name=op.f("fk_letter_prints_requested_by_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_prints")),
    )
    with op.batch_alter_table("letter_prints", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_prints_event_id"), ["event_id"], unique=False)

    op.create_table(
        "freed_places",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("stop_ids", sa.JSON(), nullable=False),
        sa.Column("freed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("freed_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_freed_places_event_id_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["freed_by_id"], ["accounts.id"], name=op.f("fk_freed_places_freed_by_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_freed_places_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["taken_by_id"],
            ["registrations.id"],
            name=op.f("fk_freed_places_taken_by_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freed_places")),
        sa.UniqueConstraint("key", name=op.f("uq_freed_places_key")),
    )
    with op.batch_alter_table("freed_places", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_freed_places_event_id"), ["event_id"], unique=False)

    op.create_table(
        "waiting_skips",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("skipped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("skipped_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_waiting_skips_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["skipped_by_id"], ["accounts.id"], name=op.f("fk_waiting_skips_skipped_by_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_skips")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_waiting_skips_registration_id")),
    )

    op.create_table(
        "place_offers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "taken",
                "declined",
                "expired",
                "stopped",
                name="offerstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_place_offers_event_id_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["place_id"],
            ["freed_places.id"],
            name=op.f("fk_place_offers_place_id_freed_places"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_place_offers_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["stopped_by_id"], ["accounts.id"], name=op.f("fk_place_offers_stopped_by_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_offers")),
        sa.UniqueConstraint("code", name=op.f("uq_place_offers_code")),
        sa.UniqueConstraint("token", name=op.f("uq_place_offers_token")),
    )
    with op.batch_alter_table("place_offers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_place_offers_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_place_offers_place_id"), ["place_id"], unique=False)
        batch_op.create_index(
            "uq_place_offers_open_place_id",
            ["place_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "uq_place_offers_open_registration_id",
            ["registration_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "scores",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("assignment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("criterion_code", sa.String(length=40), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("points >= 0", name=op.f("ck_scores_points_not_negative")),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["review_assignments.id"],
            name=op.f("fk_scores_assignment_id_review_assignments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scores")),
        sa.UniqueConstraint(
            "assignment_id", "criterion_code", name=op.f("uq_scores_assignment_id_criterion_code")
        ),
    )
    _add_columns()
    _allow_reviewers()
    _add_bulk_decisions()
    # ### end Alembic commands ###


def downgrade() -> None:
    """Undo."""
    # ### commands auto generated by Alembic - please adjust! ###
    _drop_bulk_decisions()
    _forbid_reviewers()
    _drop_columns()
    op.drop_table("scores")
    with op.batch_alter_table("place_offers", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_place_offers_open_registration_id",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(
            "uq_place_offers_open_place_id",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(batch_op.f("ix_place_offers_place_id"))
        batch_op.drop_index(batch_op.f("ix_place_offers_event_id"))

    op.drop_table("place_offers")
    op.drop_table("waiting_skips")
    with op.batch_alter_table("freed_places", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_freed_places_event_id"))

    op.drop_table("freed_places")
    with op.batch_alter_table("letter_prints", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_prints_event_id"))

    op.drop_table("letter_prints")
    with op.batch_alter_table("decision_letters", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_decision_letters_of_a_decision",
            sqlite_where=sa.text("appeal_id IS NULL"),
            postgresql_where=sa.text("appeal_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_decision_letters_registration_id"))

    op.drop_table("decision_letters")
    with op.batch_alter_table("appeals", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_appeals_filed_registration_id",
            sqlite_where=sa.text("state = 'filed'"),
            postgresql_where=sa.text("state = 'filed'"),
        )
        batch_op.drop_index(batch_op.f("ix_appeals_registration_id"))
        batch_op.drop_index(batch_op.f("ix_appeals_event_id"))

    op.drop_table("appeals")
    with op.batch_alter_table("selection_ranks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_selection_ranks_run_id_overall"))
        batch_op.drop_index(batch_op.f("ix_selection_ranks_registration_id"))

    op.drop_table("selection_ranks")
    op.drop_table("review_assignments")
    op.drop_table("registration_documents")
    op.drop_table("registration_details")
    op.drop_table("registration_answers")
    with op.batch_alter_table("mailing_recipients", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mailing_recipients_registration_id"))

    op.drop_table("mailing_recipients")
    with op.batch_alter_table("edit_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_edit_requests_registration_id"))

    op.drop_table("edit_requests")
    with op.batch_alter_table("conflicts_of_interest", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conflicts_of_interest_cooperative_id"))

    op.drop_table("conflicts_of_interest")
    with op.batch_alter_table("reviewers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reviewers_account_id"))

    op.drop_table("reviewers")
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_memberships_network_id"))
        batch_op.drop_index(batch_op.f("ix_memberships_cooperative_id"))

    op.drop_table("memberships")
    with op.batch_alter_table("supports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supports_programme_id"))
        batch_op.drop_index(batch_op.f("ix_supports_cooperative_id"))

    op.drop_table("supports")
    with op.batch_alter_table("selection_runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_selection_runs_event_id"))

    op.drop_table("selection_runs")
    with op.batch_alter_table("saved_views", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_views_account_id"))

    op.drop_table("saved_views")
    op.drop_table("questions")
    with op.batch_alter_table("networks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_networks_body_id"))

    op.drop_table("networks")
    with op.batch_alter_table("merges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_merges_merged_id"))
        batch_op.drop_index(batch_op.f("ix_merges_kept_id"))

    op.drop_table("merges")
    with op.batch_alter_table("mailings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mailings_event_id"))

    op.drop_table("mailings")
    with op.batch_alter_table("import_rows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_rows_import_id_outcome"))

    op.drop_table("import_rows")
    with op.batch_alter_table("distinct_cooperatives", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_distinct_cooperatives_second_id"))

    op.drop_table("distinct_cooperatives")
    with op.batch_alter_table("catalogue_products", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_catalogue_products_cooperative_id"))

    op.drop_table("catalogue_products")
    op.drop_table("capacities")
    op.drop_table("import_contents")
    op.drop_table("imports")
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_uploads_owner"))

    op.drop_table("uploads")
    op.drop_table("programmes")
    with op.batch_alter_table("one_time_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_one_time_codes_reference_purpose"))

    op.drop_table("one_time_codes")
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_files_sha256"))
        batch_op.drop_index(batch_op.f("ix_files_owner"))

    op.drop_table("files")
    # ### end Alembic commands ###

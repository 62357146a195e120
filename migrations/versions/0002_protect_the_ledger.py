"""Protect the append-only tables by triggers (promises B3, B52, B70)."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PROTECTED = ("sales", "day_reports", "scans", "audit_entries")


def upgrade() -> None:
    """Refuse UPDATE and DELETE on the protected tables."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
        for table in PROTECTED:
            op.execute(
                f"CREATE TRIGGER tr_{table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
            op.execute(
                f"CREATE TRIGGER tr_{table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        return
    for table in PROTECTED:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER tr_{table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def downgrade() -> None:
    """Take the triggers away."""
    if op.get_bind().dialect.name == "postgresql":
        for table in PROTECTED:
            op.execute(f"DROP TRIGGER tr_{table}_no_truncate ON {table}")
            op.execute(f"DROP TRIGGER tr_{table}_append_only ON {table}")
        op.execute("DROP FUNCTION refuse_change()")
        return
    for table in PROTECTED:
        for act in ("update", "delete"):
            op.execute(f"DROP TRIGGER tr_{table}_no_{act}")

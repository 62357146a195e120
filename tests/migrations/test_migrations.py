"""Migrations run both ways and end where the models are."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.schema import CheckConstraint, ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint

from fairapp.foundation.database import Base
from tests.databases import SECRET_KEY, drop_database, empty_database

ROOT = Path(__file__).resolve().parents[2]


def migrate(url: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `flask db` in a process of its own, as an operator does."""
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "fairapp", "db", *words],
        cwd=ROOT,
        env={
            "DATABASE_URL": url,
            "SECRET_KEY": SECRET_KEY,
            "FAIRAPP_VAR": str(folder),
            "PATH": "/usr/bin:/bin",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def tables(url: str) -> set[str]:
    engine = create_engine(url)
    try:
        return set(inspect(engine).get_table_names()) - {"alembic_version"}
    finally:
        engine.dispose()


@pytest.mark.timeout(300)
def test_migrations_up_down_up_end_at_the_models(tmp_path: Path) -> None:
    url = empty_database(tmp_path)
    try:
        for words, expected in (
            (("upgrade",), set(Base.metadata.tables)),
            (("downgrade", "base"), set()),
            (("upgrade",), set(Base.metadata.tables)),
        ):
            answer = migrate(url, tmp_path, *words)
            assert (answer.returncode, answer.stderr) == (0, "")
            assert tables(url) == expected
        answer = migrate(url, tmp_path, "check")
        assert "No new upgrade operations detected" in answer.stdout + answer.stderr
        assert answer.returncode == 0
    finally:
        drop_database(url)


def test_constraints_are_all_named() -> None:
    kinds = (CheckConstraint, ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint)
    unnamed = [
        f"{table.name}: {constraint}"
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, kinds) and not constraint.name
    ]
    assert unnamed == []


def _is_named_beside_its_column(engine: Engine, table: str, key: Mapping[str, Any]) -> bool:
    """SQLite's reflection does not see the name of a key that was added together with its column."""
    if engine.dialect.name != "sqlite":
        return False
    column, target = key["constrained_columns"][0], key["referred_table"]
    with engine.connect() as connection:
        written = connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table})
    return f"CONSTRAINT fk_{table}_{column}_{target} REFERENCES" in written


def test_constraints_in_the_database_are_all_named(template: str) -> None:
    engine = create_engine(template)
    inspector = inspect(engine)
    unnamed = []
    for table in inspector.get_table_names():
        found = [
            inspector.get_pk_constraint(table),
            *(
                key
                for key in inspector.get_foreign_keys(table)
                if not _is_named_beside_its_column(engine, table, key)
            ),
            *inspector.get_unique_constraints(table),
            *inspector.get_check_constraints(table),
        ]
        unnamed += [table for constraint in found if not constraint["name"]]
    engine.dispose()
    assert unnamed == []


def test_migrations_are_one_line() -> None:
    files = sorted(path.name for path in (ROOT / "migrations" / "versions").glob("*.py"))
    assert [name[:4] for name in files] == [f"{number:04}" for number in range(1, len(files) + 1)]

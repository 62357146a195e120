"""The words of names that stand in the directory already are filled."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from fairapp.cooperatives.domain import words_key
from tests.databases import drop_database, empty_database
from tests.migrations.test_migrations import migrate

ROWS = 2_500  # more than two batches
_INSERT = text(
    "INSERT INTO cooperatives (id, code, name_ar, name_fr, name_key, legal_kind, province_code, commune,"
    " is_demonstration, created_at) VALUES (:id, :code, :ar, :fr, '', 'cooperative', '05.301', 'x',"
    " false, '2026-01-01 00:00:00')"
)


@pytest.mark.timeout(300)
def test_words_of_names_are_filled_in_batches_and_again(tmp_path: Path) -> None:
    url = empty_database(tmp_path)
    engine = create_engine(url)
    try:
        assert migrate(url, tmp_path, "upgrade", "0003").returncode == 0
        rows: list[dict[str, Any]] = [
            {"id": n, "code": f"{n:08}", "ar": f"تعاونيّة الأمل {n}", "fr": f"Coopérative de l’Espoir {n}"}
            for n in range(1, ROWS + 1)
        ]
        with engine.begin() as connection:
            connection.execute(_INSERT, rows)
            connection.execute(text("UPDATE cooperatives SET words_ar = 'kept' WHERE id = 7"))
        assert migrate(url, tmp_path, "upgrade", "0004").returncode == 0
        with engine.begin() as connection:
            found = connection.execute(
                text("SELECT id, words_ar, words_fr FROM cooperatives ORDER BY id")
            ).all()
            assert found == [
                (7, "kept", "") if row["id"] == 7 else (row["id"], words_key(row["ar"]), words_key(row["fr"]))
                for row in rows
            ]
            connection.execute(text("UPDATE cooperatives SET words_ar = '', words_fr = '' WHERE id > 2000"))
        assert migrate(url, tmp_path, "downgrade", "0003").returncode == 0
        assert migrate(url, tmp_path, "upgrade", "0004").returncode == 0
        with engine.connect() as connection:
            again = connection.execute(
                text("SELECT id, words_ar, words_fr FROM cooperatives ORDER BY id")
            ).all()
        assert again == found
    finally:
        engine.dispose()
        drop_database(url)

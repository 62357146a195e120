"""Tests of fairapp; `make test` runs them on SQLite and on PostgreSQL."""

from datetime import UTC, date, datetime

NOW = datetime(2027, 5, 20, 9, 30, tzinfo=UTC)
TODAY = date(2027, 5, 20)

"""Tests of fairapp; `make test` runs them on SQLite and on PostgreSQL."""

from datetime import UTC, date, datetime, tzinfo

NOW = datetime(2027, 5, 20, 9, 30, tzinfo=UTC)
TODAY = date(2027, 5, 20)


class StandingClock(datetime):
    """Stands at NOW; takes the place of `datetime` where the clock is read."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override] # a plain datetime
        """Return NOW."""
        return NOW.astimezone(tz)

    @classmethod
    def combine(cls, *args: object, **kwargs: object) -> datetime:  # type: ignore[override] # as above
        """Return a plain datetime."""
        return datetime.combine(*args, **kwargs)  # type: ignore[arg-type] # handed on

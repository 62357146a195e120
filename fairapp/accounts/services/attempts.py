"""Counting tries in the database, so that limits hold whatever else is down (promises B67)."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from fairapp.accounts.domain import window_start
from fairapp.accounts.models import Attempts
from fairapp.foundation.errors import TooManyAttempts

KEPT = timedelta(days=2)


def count_attempt(session: Session, *, act: str, key: str, most: int, window_s: int, now: datetime) -> int:
    """Count one try of an act by a key (an account, an address) and return how many there were.

    Call it in a transaction of its own, before the try, so that a failed try stays counted.

    Raises: TooManyAttempts, when there were `most` in this window before.
    """
    starts_at = window_start(now, window_s)
    insert = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    statement = insert(Attempts).values(act=act, key_hash=_hash(key), window_starts_at=starts_at, count=1)
    count: int | None = session.scalar(
        statement.on_conflict_do_update(
            index_elements=["act", "key_hash", "window_starts_at"], set_={"count": Attempts.count + 1}
        ).returning(Attempts.count)
    )
    assert count is not None
    if count == 1:
        session.execute(delete(Attempts).where(Attempts.window_starts_at < now - KEPT))
    if count > most:
        ends_at = starts_at + timedelta(seconds=window_s)
        raise TooManyAttempts(retry_after_s=max(1, int((ends_at - now).total_seconds())))
    return count


def forgive_attempt(session: Session, *, act: str, key: str, window_s: int, now: datetime) -> None:
    """Take back one counted try that turned out well."""
    session.execute(
        update(Attempts)
        .where(
            Attempts.act == act,
            Attempts.key_hash == _hash(key),
            Attempts.window_starts_at == window_start(now, window_s),
            Attempts.count > 0,
        )
        .values(count=Attempts.count - 1)
    )


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()

"""Counting tries in the database, so that limits hold whatever else is down (promises B67)."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from fairapp.accounts.domain import (
    MOST_LINKS_PER_ACCOUNT,
    MOST_SIGN_INS_PER_ACCOUNT,
    MOST_SIGN_INS_PER_ADDRESS,
    SIGN_IN_WINDOW_S,
    window_start,
)
from fairapp.accounts.models import Attempts
from fairapp.foundation.errors import TooManyAttempts

KEPT = timedelta(days=2)
SIGN_IN_ACT = "accounts.sign_in"
LINK_ACT = "accounts.password_link"


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


def count_sign_in(session: Session, *, account_key: str, address_key: str, now: datetime) -> None:
    """Count a try to sign in, for the account and for the address it comes from.

    Raises: TooManyAttempts.
    """
    for key, most in ((address_key, MOST_SIGN_INS_PER_ADDRESS), (account_key, MOST_SIGN_INS_PER_ACCOUNT)):
        count_attempt(session, act=SIGN_IN_ACT, key=key, most=most, window_s=SIGN_IN_WINDOW_S, now=now)


def count_link(session: Session, *, account_key: str, address_key: str, now: datetime) -> None:
    """Count a request for a password link, for the account and for the address it comes from.

    Raises: TooManyAttempts.
    """
    for key, most in ((address_key, MOST_SIGN_INS_PER_ADDRESS), (account_key, MOST_LINKS_PER_ACCOUNT)):
        count_attempt(session, act=LINK_ACT, key=key, most=most, window_s=SIGN_IN_WINDOW_S, now=now)


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

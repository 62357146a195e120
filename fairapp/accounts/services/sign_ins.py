"""Sign-ins of browsers and bearer tokens: opened, closed, revoked at once (promises B63)."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from fairapp.accounts.models import ApiToken, SignIn
from fairapp.accounts.queries import people
from fairapp.accounts.services.attempts import forgive_attempt
from fairapp.audit import services as audit
from fairapp.audit.domain import Actor
from fairapp.foundation.errors import NotFound
from fairapp.foundation.ids import new_token, token_hash

PREFIX = "fairapp_"  # lets scanners of published code find tokens that got there


def open_sign_in(
    session: Session,
    *,
    account_id: int,
    browser: str,
    lasts: timedelta,
    now: datetime,
    replaces: str | None = None,
    counted: tuple[tuple[str, str, int], ...] = (),
) -> str:
    """Sign a browser in and return the token for its cookie.

    `replaces` is the token that the browser held before; `counted` are the attempts
    `(act, key, window_s)` that this success takes back.
    """
    if replaces is not None:
        close_sign_in(session, token=replaces, now=now)
    for act, key, window_s in counted:
        forgive_attempt(session, act=act, key=key, window_s=window_s, now=now)
    token = new_token()
    session.add(
        SignIn(
            account_id=account_id,
            token_hash=token_hash(token),
            browser=browser[:200],
            created_at=now,
            expires_at=now + lasts,
        )
    )
    session.flush()
    return token


def close_sign_in(session: Session, *, token: str, now: datetime) -> None:
    """End the sign-in of a cookie; nothing happens when it is over already."""
    session.execute(
        update(SignIn)
        .where(SignIn.token_hash == token_hash(token), SignIn.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def close_all_sign_ins(session: Session, *, account_id: int, now: datetime) -> None:
    """End every sign-in of an account."""
    session.execute(
        update(SignIn)
        .where(SignIn.account_id == account_id, SignIn.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def revoke_sign_in(session: Session, *, actor: Actor, sign_in_id: int, now: datetime) -> None:
    """End one sign-in of the actor's own account.

    Raises: NotFound.
    """
    sign_in = session.get(SignIn, sign_in_id)
    if sign_in is None or sign_in.account_id != actor.account_id or sign_in.revoked_at is not None:
        raise NotFound()
    sign_in.revoked_at = now
    _record(session, actor, "accounts.sign_in_revoked", now)


def create_token(session: Session, *, actor: Actor, account_id: int, now: datetime) -> str:
    """Give an account a bearer token and return it; only its hash is kept."""
    people.account_for_update(session, account_id=account_id)
    token = PREFIX + new_token()
    session.add(ApiToken(account_id=account_id, token_hash=token_hash(token), created_at=now))
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="accounts.token_created",
        subject_type="account",
        subject_id=account_id,
        now=now,
    )
    return token


def revoke_token(session: Session, *, actor: Actor, token_id: int, now: datetime) -> None:
    """Take back a bearer token of the actor's own account.

    Raises: NotFound.
    """
    token = session.get(ApiToken, token_id)
    if token is None or token.account_id != actor.account_id or token.revoked_at is not None:
        raise NotFound()
    token.revoked_at = now
    _record(session, actor, "accounts.token_revoked", now)


def _record(session: Session, actor: Actor, action: str, now: datetime) -> None:
    audit.record(
        session, actor=actor, action=action, subject_type="account", subject_id=actor.account_id, now=now
    )

"""Accounts: created, changed, given a password, disabled and enabled."""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from fairapp.accounts.domain import Identity, normalize_email, password_fingerprint
from fairapp.accounts.errors import EmailTaken, LinkNotValid, OwnAccount, PhoneTaken, Unreachable
from fairapp.accounts.models import Account
from fairapp.accounts.queries import people
from fairapp.accounts.services.attempts import count_link
from fairapp.accounts.services.roles import refuse_last_administrator
from fairapp.accounts.services.sign_ins import close_all_sign_ins
from fairapp.audit import services as audit
from fairapp.audit.domain import Actor
from fairapp.foundation.ids import new_reference, token_hash
from fairapp.foundation.text import clean, normalize_phone
from fairapp.messages.domain import Channel
from fairapp.messages.services import write_message
from fairapp.outbox.services import enqueue

SEND_PASSWORD_LINK = "accounts.send_password_link"  # noqa: S105 - the name of a task


def create_account(
    session: Session,
    *,
    actor: Actor,
    name: str,
    email: str | None,
    phone: str | None,
    locale: str,
    now: datetime,
    password_hash: str | None = None,
    is_demonstration: bool = False,
) -> Account:
    """Create an account without roles; without a password it is opened by a link.

    Raises: Unreachable, EmailTaken, PhoneTaken.
    """
    identity = Identity(
        email=normalize_email(email) if email else None, phone=normalize_phone(phone) if phone else None
    )
    if not identity.key:
        raise Unreachable()
    _refuse_taken(session, identity)
    account = Account(
        code=new_reference(),
        name=clean(name),
        email=identity.email,
        phone=identity.phone,
        password=password_hash,
        active=True,
        fs_uniquifier=uuid4().hex,
        locale=locale,
        is_demonstration=is_demonstration,
        created_at=now,
    )
    session.add(account)
    session.flush()
    _record(session, actor, "accounts.created", account, now)
    return account


def change_profile(
    session: Session, *, actor: Actor, account_id: int, name: str, locale: str, now: datetime
) -> Account:
    """Change the name and the language of an account."""
    account = people.account_for_update(session, account_id=account_id)
    account.name, account.locale = clean(name), locale
    _record(session, actor, "accounts.profile_changed", account, now)
    return account


def set_password(
    session: Session,
    *,
    actor: Actor,
    account_id: int,
    password_hash: str,
    now: datetime,
    fingerprint: str | None = None,
) -> Account:
    """Set a new password and end every sign-in of the account.

    `fingerprint` is that of the link that allows it: a link works once.

    Raises: LinkNotValid.
    """
    account = people.account_for_update(session, account_id=account_id)
    if fingerprint is not None and (
        not account.active or password_fingerprint(account.fs_uniquifier, account.password) != fingerprint
    ):
        raise LinkNotValid()
    account.password = password_hash
    account.fs_uniquifier = uuid4().hex
    close_all_sign_ins(session, account_id=account.id, now=now)
    _record(session, actor, "accounts.password_changed", account, now)
    return account


def ask_for_password_link(
    session: Session, *, account_id: int | None, account_key: str, address_key: str, now: datetime
) -> None:
    """Ask for the link of a forgotten password; the same work whether there is an account (B67).

    Raises: TooManyAttempts.
    """
    count_link(session, account_key=account_key, address_key=address_key, now=now)
    enqueue(
        session,
        SEND_PASSWORD_LINK,
        payload={"account_id": account_id},
        key=f"{SEND_PASSWORD_LINK}:{token_hash(account_key)[:16]}:{now.isoformat()}",
        now=now,
    )


def send_password_link(
    session: Session, *, actor: Actor, account_id: int, token: str, valid: timedelta, now: datetime
) -> Account:
    """Send an account the link under which it chooses a password."""
    account = people.account_for_update(session, account_id=account_id)
    first = account.password is None
    recipient, channel = (account.email, Channel.MAIL) if account.email else (account.phone, Channel.SMS)
    write_message(
        session,
        channel=channel,
        recipient=recipient or "",
        locale=account.locale,
        template="accounts/first_password" if first else "accounts/password_link",
        context={"name": account.name, "token": token, "minutes": int(valid.total_seconds() // 60)},
        key=f"accounts.password_link:{account.id}:{now.isoformat()}",
        now=now,
        subject_type="account",
        subject_id=account.id,
    )
    _record(session, actor, "accounts.password_link_sent", account, now)
    return account


def set_active(session: Session, *, actor: Actor, account_id: int, active: bool, now: datetime) -> Account:
    """Disable or enable an account; disabling ends every sign-in and silences its tokens.

    Raises: OwnAccount, LastAdministrator.
    """
    account = people.account_for_update(session, account_id=account_id)
    if account.active == active:
        return account
    if not active:
        if actor.account_id == account.id:
            raise OwnAccount()
        refuse_last_administrator(session, account_id=account.id)
        close_all_sign_ins(session, account_id=account.id, now=now)
    account.active = active
    _record(session, actor, "accounts.enabled" if active else "accounts.disabled", account, now)
    return account


def _refuse_taken(session: Session, identity: Identity) -> None:
    if identity.email and people.account_by_identity(session, identity=Identity(email=identity.email)):
        raise EmailTaken()
    if identity.phone and people.account_by_identity(session, identity=Identity(phone=identity.phone)):
        raise PhoneTaken()


def _record(session: Session, actor: Actor, action: str, account: Account, now: datetime) -> None:
    audit.record(session, actor=actor, action=action, subject_type="account", subject_id=account.id, now=now)

"""Accounts, their sign-ins, tokens and invitations."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, selectinload

from fairapp.accounts.domain import Identity
from fairapp.accounts.errors import LinkNotValid
from fairapp.accounts.models import Account, ApiToken, Invitation, RoleGrant, SignIn
from fairapp.audit.domain import Role
from fairapp.foundation.errors import NotFound
from fairapp.foundation.text import normalize_phone

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One page of accounts with their grants. Pages count from 1; `total` counts accounts."""

    items: Sequence[Account]
    page: int
    pages: int
    total: int


def account_by_identity(session: Session, *, identity: Identity) -> Account | None:
    """Return the account with an e-mail address or a phone number, with its grants."""
    named = Account.email == identity.email if identity.email else Account.phone == identity.phone
    return session.scalar(select(Account).where(named).options(selectinload(Account.grants)))


def account_by_code(session: Session, *, code: str) -> Account:
    """Return an account with its grants.

    Raises: NotFound.
    """
    account = session.scalar(
        select(Account).where(Account.code == code).options(selectinload(Account.grants))
    )
    if account is None:
        raise NotFound()
    return account


def account_for_update(session: Session, *, account_id: int) -> Account:
    """Return an account, locked.

    Raises: NotFound.
    """
    account = session.scalar(select(Account).where(Account.id == account_id).with_for_update())
    if account is None:
        raise NotFound()
    return account


def accounts(session: Session, *, search: str = "", page: int = 1) -> AccountPage:
    """Return accounts by name, those whose name, e-mail address or phone number holds the text."""
    condition = _holds(search)
    total = session.scalar(select(func.count()).select_from(Account).where(*condition)) or 0
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), pages)
    found = session.scalars(
        select(Account)
        .where(*condition)
        .order_by(Account.name, Account.id)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
        .options(selectinload(Account.grants))
    ).all()
    return AccountPage(items=found, page=page, pages=pages, total=total)


def _holds(search: str) -> list[ColumnElement[bool]]:
    if not search:
        return []
    either: list[ColumnElement[bool]] = [
        func.lower(text).contains(search.lower(), autoescape=True) for text in (Account.name, Account.email)
    ]
    if phone := normalize_phone(search):
        either.append(Account.phone == phone)
    return [or_(*either)]


def grant_for_update(session: Session, *, account_id: int, grant_id: int) -> RoleGrant:
    """Return a grant of an account that was not taken back, locked.

    Raises: NotFound.
    """
    grant = session.scalar(
        select(RoleGrant)
        .where(RoleGrant.id == grant_id, RoleGrant.account_id == account_id, RoleGrant.revoked_at.is_(None))
        .with_for_update()
    )
    if grant is None:
        raise NotFound()
    return grant


def has_other_administrator(session: Session, *, account_id: int) -> bool:
    """Tell whether an active account other than this one administers."""
    return (
        session.scalar(
            select(RoleGrant.id)
            .join(Account, Account.id == RoleGrant.account_id)
            .where(
                RoleGrant.role == Role.ADMINISTRATOR,
                RoleGrant.revoked_at.is_(None),
                RoleGrant.account_id != account_id,
                Account.active,
            )
            .limit(1)
        )
        is not None
    )


def cooperative_has_account(session: Session, *, cooperative_id: int) -> bool:
    """Tell whether an active account belongs to a cooperative."""
    return (
        session.scalar(
            select(RoleGrant.id)
            .join(Account, Account.id == RoleGrant.account_id)
            .where(
                RoleGrant.role == Role.COOPERATIVE,
                RoleGrant.cooperative_id == cooperative_id,
                RoleGrant.revoked_at.is_(None),
                Account.active,
            )
            .limit(1)
        )
        is not None
    )


def open_sign_ins(session: Session, *, account_id: int, now: datetime) -> Sequence[SignIn]:
    """Return the sign-ins of an account that still hold, the latest first."""
    return session.scalars(
        select(SignIn)
        .where(SignIn.account_id == account_id, SignIn.revoked_at.is_(None), SignIn.expires_at > now)
        .order_by(SignIn.created_at.desc(), SignIn.id.desc())
    ).all()


def open_tokens(session: Session, *, account_id: int) -> Sequence[ApiToken]:
    """Return the unrevoked API tokens of an account, the latest first."""
    return session.scalars(
        select(ApiToken)
        .where(ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.created_at.desc(), ApiToken.id.desc())
    ).all()


def open_invitation(session: Session, *, token_hash: str, now: datetime, lock: bool = False) -> Invitation:
    """Return an invitation that was not used and is not over.

    Raises: LinkNotValid.
    """
    query = select(Invitation).where(
        Invitation.token_hash == token_hash, Invitation.used_at.is_(None), Invitation.expires_at > now
    )
    invitation = session.scalar(query.with_for_update() if lock else query)
    if invitation is None:
        raise LinkNotValid()
    return invitation


def account_of_invitation(session: Session, *, invitation: Invitation) -> Account | None:
    """Return the account that already has the invited e-mail address or phone number."""
    either = []
    if invitation.email:
        either.append(Account.email == invitation.email)
    if invitation.phone:
        either.append(Account.phone == invitation.phone)
    return session.scalar(select(Account).where(or_(*either)).limit(1)) if either else None


def names_of(session: Session, *, account_ids: Collection[int]) -> dict[int, str]:
    """Return the names of accounts by id."""
    if not account_ids:
        return {}
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(account_ids)))
    return {row[0]: row[1] for row in rows}

"""Who stands behind a cookie or a bearer token."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, joinedload

from fairapp.accounts.models import Account, ApiToken, Device, SignIn
from fairapp.audit.domain import Actor, ActorKind, Grant, Role, ScopeKind


def signed_in_account(session: Session, *, token_hash: str, now: datetime) -> Account | None:
    """Return the account of a sign-in that is neither revoked nor over, with its grants."""
    found = session.scalars(
        select(Account)
        .join(SignIn, SignIn.account_id == Account.id)
        .where(
            SignIn.token_hash == token_hash,
            SignIn.revoked_at.is_(None),
            SignIn.expires_at > now,
            Account.active,
        )
        .options(joinedload(Account.grants))
    ).unique()
    return found.one_or_none()


def bearer_actor(session: Session, *, token_hash: str) -> Actor | None:
    """Return the account or the device that holds an unrevoked bearer token.

    Tills and gates call most, so they cost two reads of a few columns.
    """
    account_id = session.scalar(
        select(ApiToken.account_id).where(ApiToken.token_hash == token_hash, ApiToken.revoked_at.is_(None))
    )
    if account_id is not None:
        return account_actor(session, account_id=account_id)
    device = session.execute(
        select(Device.id, Device.name, Device.role, Device.event_id, Device.stop_id, Device.stand_id).where(
            Device.token_hash == token_hash, Device.revoked_at.is_(None)
        )
    ).one_or_none()
    return None if device is None else device_actor(device)


def account_actor(session: Session, *, account_id: int) -> Actor | None:
    """Return an account that may still sign in as an actor, for work in the background."""
    account = (
        session.scalars(
            select(Account)
            .where(Account.id == account_id, Account.active)
            .options(joinedload(Account.grants))
        )
        .unique()
        .one_or_none()
    )
    return None if account is None else actor_of(account)


def actor_of(account: Account) -> Actor:
    """Return an account with loaded grants as an actor; grants taken back are left out."""
    return Actor(
        kind=ActorKind.ACCOUNT,
        account_id=account.id,
        label=account.name,
        locale=account.locale,
        grants=tuple(
            Grant(
                role=grant.role,
                scope=grant.scope,
                region_code=grant.region_code,
                event_id=grant.event_id,
                cooperative_id=grant.cooperative_id,
            )
            for grant in account.grants
            if grant.revoked_at is None
        ),
    )


def device_actor(device: Device | Row[UUID, str, Role, int, int | None, int | None]) -> Actor:
    """Return a device, or those columns of one, as an actor: its one role at its event and place."""
    return Actor(
        kind=ActorKind.DEVICE,
        device_id=device.id,
        label=device.name,
        grants=(Grant(role=device.role, scope=ScopeKind.EVENT, event_id=device.event_id),),
        stop_id=device.stop_id,
        stand_id=device.stand_id,
    )

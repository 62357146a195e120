"""Roles given to accounts within a scope, and taken back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.accounts.domain import SCOPES
from fairapp.accounts.errors import LastAdministrator, RoleOutOfPlace, ScopeMissing
from fairapp.accounts.models import RoleGrant
from fairapp.accounts.queries import people
from fairapp.audit import services as audit
from fairapp.audit.domain import Actor, Role, ScopeKind


def grant_role(
    session: Session,
    *,
    actor: Actor,
    account_id: int,
    role: Role,
    scope: ScopeKind,
    now: datetime,
    region_code: str | None = None,
    event_id: int | None = None,
    cooperative_id: int | None = None,
) -> RoleGrant:
    """Give an account a role; given twice with one scope, it is one grant.

    Raises: RoleOutOfPlace, ScopeMissing.
    """
    if scope not in SCOPES.get(role, ()):
        raise RoleOutOfPlace()
    reaches: dict[ScopeKind, dict[str, str | int | None]] = {
        ScopeKind.REGION: {"region_code": region_code},
        ScopeKind.EVENT: {"event_id": event_id},
        ScopeKind.COOPERATIVE: {"cooperative_id": cooperative_id},
    }
    reach = reaches.get(scope, {})
    if any(value is None for value in reach.values()):
        raise ScopeMissing()
    people.account_for_update(session, account_id=account_id)
    live = select(RoleGrant).filter_by(
        account_id=account_id, role=role, scope=scope, revoked_at=None, **reach
    )
    if (known := session.scalar(live)) is not None:
        return known
    grant = RoleGrant(
        account_id=account_id,
        role=role,
        scope=scope,
        granted_at=now,
        granted_by_id=actor.account_id,
        **reach,
    )
    session.add(grant)
    session.flush()
    _record(session, actor, "accounts.role_granted", grant, now)
    return grant


def take_back_role(
    session: Session, *, actor: Actor, account_id: int, grant_id: int, now: datetime
) -> RoleGrant:
    """Take back a role from now on; the row stays.

    Raises: NotFound, LastAdministrator.
    """
    people.account_for_update(session, account_id=account_id)
    grant = people.grant_for_update(session, account_id=account_id, grant_id=grant_id)
    if grant.role is Role.ADMINISTRATOR:
        refuse_last_administrator(session, account_id=account_id)
    grant.revoked_at = now
    _record(session, actor, "accounts.role_taken_back", grant, now)
    return grant


def refuse_last_administrator(session: Session, *, account_id: int) -> None:
    """Refuse to leave the instance without an administrator.

    Raises: LastAdministrator.
    """
    administers = session.scalar(
        select(RoleGrant.id)
        .where(
            RoleGrant.account_id == account_id,
            RoleGrant.role == Role.ADMINISTRATOR,
            RoleGrant.revoked_at.is_(None),
        )
        .limit(1)
    )
    if administers is not None and not people.has_other_administrator(session, account_id=account_id):
        raise LastAdministrator()


def _record(session: Session, actor: Actor, action: str, grant: RoleGrant, now: datetime) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject_type="account",
        subject_id=grant.account_id,
        details={
            "role": grant.role.value,
            "scope": grant.scope.value,
            "region": grant.region_code,
            "event_id": grant.event_id,
            "cooperative_id": grant.cooperative_id,
        },
        now=now,
    )

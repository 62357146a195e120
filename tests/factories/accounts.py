"""Accounts with their grants, actors, and devices."""

import uuid
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from fairapp.accounts.models import Account, Device, RoleGrant
from fairapp.audit.domain import Actor, ActorKind, Grant, Role, ScopeKind
from fairapp.events.models import Event
from fairapp.foundation.ids import new_reference, new_token, token_hash
from tests import NOW

PASSWORD = "souk of the mountains 7"  # of every account made here
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)  # weak, and quick


def make_account(
    session: Session,
    role: Role | None = None,
    scope: ScopeKind = ScopeKind.NATION,
    *,
    region_code: str | None = None,
    event_id: int | None = None,
    cooperative_id: int | None = None,
    **overrides: Any,
) -> Account:
    """Make an account, with one grant when a role is given."""
    code = new_reference()
    values = {
        "code": code,
        "name": f"Person {code}",
        "email": f"{code.lower()}@people.example",
        "password": _HASH,
        "fs_uniquifier": uuid.uuid4().hex,
        "locale": "en",
        "created_at": NOW,
    }
    account = Account(**(values | overrides))
    session.add(account)
    session.flush()
    if role is not None:
        make_grant(
            session,
            account,
            role,
            scope,
            region_code=region_code,
            event_id=event_id,
            cooperative_id=cooperative_id,
        )
    return account


def make_grant(
    session: Session, account: Account, role: Role, scope: ScopeKind = ScopeKind.NATION, **reach: Any
) -> RoleGrant:
    """Give a role; `reach` is region_code, event_id or cooperative_id, as the scope asks."""
    grant = RoleGrant(account_id=account.id, role=role, scope=scope, granted_at=NOW, **reach)
    session.add(grant)
    session.flush()
    return grant


def make_actor(
    role: Role, scope: ScopeKind = ScopeKind.NATION, account: Account | None = None, **reach: Any
) -> Actor:
    """Return an actor with one grant, for services and queries; needs no database."""
    return Actor(
        kind=ActorKind.ACCOUNT,
        account_id=account.id if account else None,
        label="actor",
        locale="en",
        grants=(Grant(role=role, scope=scope, **reach),),
    )


def make_device(
    session: Session, event: Event, role: Role = Role.GATE, **overrides: Any
) -> tuple[Device, str]:
    """Enrol a device and return it with its token."""
    token = new_token()
    values = {
        "id": uuid.uuid4(),
        "name": "Phone",
        "role": role,
        "event_id": event.id,
        "token_hash": token_hash(token),
        "enrolled_at": NOW,
    }
    device = Device(**(values | overrides))
    session.add(device)
    session.flush()
    return device, token

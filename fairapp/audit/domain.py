"""Actors and what their roles allow. Pure: the accounts feature fills them."""

import enum
from dataclasses import dataclass, field
from uuid import UUID


class ActorKind(enum.StrEnum):
    """What stands behind an act."""

    GUEST = "guest"
    ACCOUNT = "account"
    DEVICE = "device"
    SYSTEM = "system"


class Role(enum.StrEnum):
    """A duty that an account or a device may hold, always with a scope."""

    ADMINISTRATOR = "administrator"
    ORGANIZER = "organizer"
    GATE = "gate"
    TILL = "till"
    OFFICIAL = "official"
    COOPERATIVE = "cooperative"
    DESK_AGENT = "desk_agent"
    REVIEWER = "reviewer"


class ScopeKind(enum.StrEnum):
    """How far a role reaches."""

    NATION = "nation"
    REGION = "region"
    EVENT = "event"
    COOPERATIVE = "cooperative"


@dataclass(frozen=True, slots=True)
class Grant:
    """One role with its scope; the field of the scope kind is set, the others are None."""

    role: Role
    scope: ScopeKind
    region_code: str | None = None
    event_id: int | None = None
    cooperative_id: int | None = None


_ORGANIZERS = frozenset({Role.ADMINISTRATOR, Role.ORGANIZER})
_FILERS = _ORGANIZERS | {Role.COOPERATIVE, Role.DESK_AGENT}
_SELLERS = _ORGANIZERS | {Role.TILL, Role.COOPERATIVE}
_READERS = _ORGANIZERS | {Role.OFFICIAL}

# Action -> roles that may do it. A route or call names its action with `@requires`.
# Administrators may whatever organizers may (contracts 4).
PERMISSIONS: dict[str, frozenset[Role]] = {
    "accounts.own": frozenset(Role),
    "accounts.manage": frozenset({Role.ADMINISTRATOR}),
    "accounts.enrol_device": _ORGANIZERS,
    "operations.read": frozenset({Role.ADMINISTRATOR}),
    "operations.act": frozenset({Role.ADMINISTRATOR}),
    "cooperatives.create": _FILERS,
    "cooperatives.own": frozenset({Role.COOPERATIVE}),
    "cooperatives.read": _ORGANIZERS | {Role.DESK_AGENT},
    "cooperatives.edit": _FILERS,
    "cooperatives.merge": _ORGANIZERS,
    "cooperatives.support": _ORGANIZERS,
    "cooperatives.import": _ORGANIZERS,
    "events.manage": _ORGANIZERS,
    "events.oversee": _READERS,
    "registrations.file": _FILERS,
    "registrations.desk": _ORGANIZERS | {Role.DESK_AGENT},
    "registrations.read": _FILERS,
    "registrations.review": _ORGANIZERS,
    "registrations.decide": _ORGANIZERS,
    "selection.manage": _ORGANIZERS,
    "selection.score": frozenset({Role.REVIEWER}),
    "decisions.waiting_list": _ORGANIZERS,
    "decisions.appeals": _ORGANIZERS,
    "mailings.send": _ORGANIZERS,
    "stands.manage": _ORGANIZERS,
    "stands.read": _ORGANIZERS | {Role.GATE},
    "stands.allocate": _ORGANIZERS,
    "badges.manage": _ORGANIZERS,
    "badges.scan": _ORGANIZERS | {Role.GATE},
    "workshops.manage": _ORGANIZERS,
    "sales.record": _SELLERS,
    "sales.settle": _ORGANIZERS,
    "turnover.read": _READERS | {Role.COOPERATIVE},
    "statistics.read": _READERS,
    "statistics.publish": _ORGANIZERS,
}

# What an account may do whatever its roles, also while it has none yet.
OF_ANY_ACCOUNT = frozenset({"accounts.own"})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. A guest has no id and no grants; a device has exactly one grant.

    `stop_id` and `stand_id` bind a device to its place.
    """

    kind: ActorKind
    account_id: int | None = None
    device_id: UUID | None = None
    label: str = ""
    locale: str = "ar"
    grants: tuple[Grant, ...] = field(default=())
    stop_id: int | None = None
    stand_id: int | None = None

    def grants_for(self, action: str) -> tuple[Grant, ...]:
        """Return the grants that allow an action, whatever their scope.

        Raises: KeyError, for an action that nobody declared.
        """
        roles = PERMISSIONS[action]
        return tuple(grant for grant in self.grants if grant.role in roles)

    def may(self, action: str) -> bool:
        """Tell whether any role allows the action, in whatever scope."""
        is_own = action in OF_ANY_ACCOUNT and self.kind is ActorKind.ACCOUNT
        return is_own or bool(self.grants_for(action))

    def has_role(self, role: Role) -> bool:
        """Tell whether the actor holds a role in any scope."""
        return any(grant.role is role for grant in self.grants)

    def cooperative_ids(self) -> tuple[int, ...]:
        """Return the cooperatives that the actor belongs to."""
        return tuple(
            grant.cooperative_id
            for grant in self.grants
            if grant.role is Role.COOPERATIVE and grant.cooperative_id is not None
        )

    def covers_event(self, action: str, *, event_id: int, region_code: str) -> bool:
        """Tell whether a grant for the action reaches this event."""
        return any(
            grant.scope is ScopeKind.NATION
            or (grant.scope is ScopeKind.REGION and grant.region_code == region_code)
            or (grant.scope is ScopeKind.EVENT and grant.event_id == event_id)
            for grant in self.grants_for(action)
        )


GUEST = Actor(kind=ActorKind.GUEST, label="guest")
SYSTEM = Actor(kind=ActorKind.SYSTEM, label="system")

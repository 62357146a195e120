"""What a decision on many would do to the quotas: the accepted before and after it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, case, select
from sqlalchemy.orm import Session

from fairapp.cooperatives.models import Cooperative
from fairapp.events.domain import QuotaKind
from fairapp.events.models import Event, Quota
from fairapp.reference.queries import sectors as known_sectors
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.models import Registration, RegistrationSector
from fairapp.registrations.queries.filters import is_first_time
from fairapp.selection.domain.rules import is_led_by_youth


@dataclass(frozen=True, slots=True)
class QuotaShift:
    """A quota among the accepted: how many count for it before and after, of how many accepted."""

    key: str
    least_percent: int
    before: int
    after: int
    accepted_before: int
    accepted_after: int

    @property
    def percent_after(self) -> int:
        """The share after it, in whole percent, rounded down."""
        return 100 * self.after // self.accepted_after if self.accepted_after else 0

    @property
    def is_met(self) -> bool:
        """Whether the quota is met among the accepted after it."""
        return 100 * self.after >= self.least_percent * self.accepted_after


def quotas_after(
    session: Session, *, event: Event, changing: Mapping[int, RegistrationState]
) -> list[QuotaShift]:
    """Return what becomes of an event's quotas when registrations (by id) get new states."""
    quotas = session.scalars(
        select(Quota).where(Quota.event_id == event.id).order_by(Quota.kind, Quota.target)
    ).all()
    if not quotas:
        return []
    rows = session.execute(
        select(
            Registration.id,
            Registration.state,
            Cooperative.women_led,
            Cooperative.members,
            Cooperative.youth_members,
            Cooperative.rural,
            Cooperative.province_code,
            case((is_first_time(event.id), 1), else_=0).label("first_time"),
        )
        .join(Cooperative, Cooperative.id == Registration.cooperative_id)
        .where(Registration.event_id == event.id)
    ).all()
    accepted = RegistrationState.ACCEPTED
    before = [row for row in rows if row.state is accepted]
    after = [row for row in rows if changing.get(row.id, row.state) is accepted]
    shown = _sectors(session, event)
    return [
        QuotaShift(
            key=f"{quota.kind.value}:{quota.target}" if quota.target else quota.kind.value,
            least_percent=quota.least_percent,
            before=sum(map(_counts_for(quota, shown), before)),
            after=sum(map(_counts_for(quota, shown), after)),
            accepted_before=len(before),
            accepted_after=len(after),
        )
        for quota in quotas
    ]


def _counts_for(quota: Quota, shown: Mapping[int, set[str]]) -> Callable[[Row[*tuple[Any, ...]]], bool]:
    tests: dict[QuotaKind, Callable[[Row[*tuple[Any, ...]]], bool]] = {
        QuotaKind.WOMEN_LED: lambda row: row.women_led is True,
        QuotaKind.YOUTH: lambda row: is_led_by_youth(row.members, row.youth_members),
        QuotaKind.FIRST_TIME: lambda row: row.first_time == 1,
        QuotaKind.RURAL: lambda row: row.rural is True,
        QuotaKind.PROVINCE: lambda row: row.province_code == quota.target,
        QuotaKind.SECTOR: lambda row: quota.target in shown.get(row.id, ()),
    }
    return tests[quota.kind]


def _sectors(session: Session, event: Event) -> dict[int, set[str]]:
    """Return the sectors of each registration, and the main one of each."""
    found: dict[int, set[str]] = {}
    query = (
        select(RegistrationSector.registration_id, RegistrationSector.sector_code)
        .join(Registration, Registration.id == RegistrationSector.registration_id)
        .where(Registration.event_id == event.id)
    )
    for registration_id, code in session.execute(query):
        entry = known_sectors().get(code)
        found.setdefault(registration_id, set()).update(
            {code, entry.parent} if entry and entry.parent else {code}
        )
    return found

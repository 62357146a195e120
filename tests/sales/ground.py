"""A fair under way with its stands and whoever may record there, and quick ways to sync."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.audit.domain import SYSTEM, Actor, ActorKind, Grant, Role, ScopeKind
from fairapp.events.models import Event
from fairapp.registrations.models import Registration
from fairapp.sales.domain import BadEntry, Payment, SaleEntry
from fairapp.sales.models import Sale, SaleFlag, StandDay, StandDaySector
from fairapp.sales.services.rebuild import Difference, rebuild_totals
from fairapp.sales.services.sync import SyncAnswer, sync_sales
from fairapp.stands.models import Stand
from tests import NOW
from tests.factories.events import make_running_event
from tests.factories.registrations import make_registration
from tests.factories.stands import make_allocation, make_stand

ORGANIZER = Actor(
    kind=ActorKind.ACCOUNT, grants=(Grant(role=Role.ORGANIZER, scope=ScopeKind.NATION),), label="organizer"
)


@dataclass(slots=True)
class Ground:
    """A running fair: stand A-14 has a holder, B-1 another one, C-1 none."""

    event: Event
    stand: Stand
    other: Stand
    free: Stand
    registration: Registration

    @property
    def cooperative(self) -> Actor:
        """The account of the holder of A-14."""
        grant = Grant(
            role=Role.COOPERATIVE,
            scope=ScopeKind.COOPERATIVE,
            cooperative_id=self.registration.cooperative_id,
        )
        return Actor(kind=ActorKind.ACCOUNT, grants=(grant,), label="cooperative")

    @property
    def till(self) -> Actor:
        """A device at A-14."""
        grant = Grant(role=Role.TILL, scope=ScopeKind.EVENT, event_id=self.event.id)
        return Actor(
            kind=ActorKind.DEVICE, grants=(grant,), stop_id=self.stand.stop_id, stand_id=self.stand.id
        )


def make_ground(session: Session) -> Ground:
    """Make the fair and its stands."""
    event = make_running_event(session)
    stop = event.stops[0]
    stand, other, free = (make_stand(session, stop, code=code) for code in ("A-14", "B-1", "C-1"))
    registration = make_registration(session, event=event)
    long_ago = NOW - timedelta(days=30)
    make_allocation(session, stand, registration, allocated_at=long_ago)
    make_allocation(session, other, make_registration(session, event=event), allocated_at=long_ago)
    return Ground(event, stand, other, free, registration)


def sale(amount_minor: int = 12_000, **changes: Any) -> SaleEntry:
    """Return a cash sale at A-14, an hour ago."""
    values: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "stop": "S1",
        "stand": "A-14",
        "sold_at": NOW - timedelta(hours=1),
        "amount_minor": amount_minor,
        "payment": Payment.CASH,
        "sector": "AGR-HONEY",
    }
    return SaleEntry(**(values | changes))


def reversal(of: SaleEntry, **changes: Any) -> SaleEntry:
    """Return the reversal of a sale, made now."""
    values: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "reverses": of.id,
        "sold_at": NOW,
        "sector": None,
    }
    return of._replace(**(values | changes))


def send(
    session: Session,
    ground: Ground,
    *entries: SaleEntry | BadEntry,
    actor: Actor = ORGANIZER,
    sent_at: datetime | None = None,
    now: datetime = NOW,
) -> SyncAnswer:
    """Sync entries."""
    return sync_sales(session, actor=actor, event=ground.event, entries=entries, sent_at=sent_at, now=now)


def outcomes(answer: SyncAnswer) -> list[str]:
    """Return the outcomes in order."""
    return [result.outcome.value for result in answer.results]


def totals(session: Session) -> list[tuple[Any, ...]]:
    """Return stand, day, entries, sales and amount of all stand-days."""
    rows = session.execute(
        select(Stand.code, StandDay.day, StandDay.entries_count, StandDay.sales_count, StandDay.amount_minor)
        .join(Stand, Stand.id == StandDay.stand_id)
        .order_by(Stand.code, StandDay.day)
    )
    return [tuple(row) for row in rows]


def sectors(session: Session) -> dict[str, tuple[int, int]]:
    """Return sales and amount of each sector, over all stand-days."""
    rows = session.execute(
        select(
            StandDaySector.sector_code,
            func.sum(StandDaySector.sales_count),
            func.sum(StandDaySector.amount_minor),
        ).group_by(StandDaySector.sector_code)
    )
    return {code: (int(sales), int(amount)) for code, sales, amount in rows}


def flags(session: Session) -> list[tuple[str, str]]:
    """Return the ids of flagged entries with the kind, in order."""
    rows = session.execute(select(SaleFlag.sale_id, SaleFlag.kind))
    return sorted((str(sale_id), kind.value) for sale_id, kind in rows)


def ledger(session: Session) -> dict[str, int]:
    """Return the amount of each entry in the ledger, by id."""
    return {str(id_): amount for id_, amount in session.execute(select(Sale.id, Sale.amount_minor))}


def differences(session: Session) -> Sequence[Difference]:
    """Return what a rebuild of the totals would change."""
    return rebuild_totals(session, actor=SYSTEM, now=NOW)

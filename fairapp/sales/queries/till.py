"""What a till shows: the stands of whoever sells, their products, the day so far."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from fairapp.audit.domain import Actor
from fairapp.cooperatives.models import Cooperative
from fairapp.events.models import Event, Stop
from fairapp.foundation.money import to_text
from fairapp.registrations.models import Registration, RegistrationProduct
from fairapp.sales.domain import Payment
from fairapp.sales.models import DayReport, Sale, StandDay
from fairapp.stands.models import Allocation, Stand

_REVERSAL = aliased(Sale)


@dataclass(frozen=True, slots=True)
class TillStand:
    """A stand at which the actor may sell now, with its place and its holder."""

    event: Event
    stop: Stop
    stand_id: int
    stand: str
    registration_id: int | None
    holder: Cooperative | None


@dataclass(frozen=True, slots=True)
class TillProduct:
    """A product of the holder. `usual_minor` is its last price at this stand."""

    name: str
    sector_code: str
    usual_minor: int | None

    @property
    def usual_text(self) -> str:
        """The last price as a person would type it; empty when there was none."""
        return to_text(self.usual_minor).removesuffix(".00").replace(".", ",") if self.usual_minor else ""


@dataclass(frozen=True, slots=True)
class TillSale:
    """A sale of the day as the list shows it; `reversed_at` when it was cancelled."""

    id: UUID
    sold_at: datetime
    amount_minor: int
    payment: Payment
    product: str | None
    sector_code: str | None
    reversed_at: datetime | None


@dataclass(slots=True)
class DaySums:
    """What is left of a day's sales after reversals, by product and by payment, largest first."""

    by_product: list[tuple[str | None, str | None, int]] = field(default_factory=list)
    by_payment: dict[Payment, int] = field(default_factory=dict)


def stands_of(session: Session, *, actor: Actor) -> list[TillStand]:
    """Return the stands that the actor's cooperatives hold now, and the stand of a till; by days."""
    query = _stands().order_by(Stop.starts_on, Event.id, Stop.position, Stand.code)
    if actor.stand_id is not None:
        query = query.where(Stand.id == actor.stand_id)
    else:
        query = query.where(
            Registration.cooperative_id.in_(actor.cooperative_ids()), Stop.cancelled_at.is_(None)
        )
    return _till_stands(session, query)


def stand_of_event(session: Session, *, event: Event, stop: str, stand: str) -> TillStand | None:
    """Return one stand of an event; whether the actor may sell there is asked where it is recorded."""
    query = _stands().where(Event.id == event.id, Stop.code == stop, Stand.code == stand)
    return next(iter(_till_stands(session, query)), None)


def products_of(session: Session, *, place: TillStand) -> list[TillProduct]:
    """Return the products of the stand's holder in the order of its registration."""
    if place.registration_id is None:
        return []
    last = (
        select(Sale.amount_minor)
        .where(
            Sale.stand_id == place.stand_id,
            Sale.product == RegistrationProduct.name,
            Sale.reverses_id.is_(None),
            ~select(_REVERSAL.id).where(_REVERSAL.reverses_id == Sale.id).exists(),
        )
        .order_by(Sale.sold_at.desc())
        .limit(1)
        .correlate(RegistrationProduct)
        .scalar_subquery()
    )
    rows = session.execute(
        select(RegistrationProduct.name, RegistrationProduct.sector_code, last)
        .where(RegistrationProduct.registration_id == place.registration_id)
        .order_by(RegistrationProduct.position)
    )
    return [TillProduct(name, sector, usual) for name, sector, usual in rows]


def sales_of_day(
    session: Session, *, stand_id: int, day: date, most: int | None = None
) -> Sequence[TillSale]:
    """Return the sales of a stand on a trading day, the latest first."""
    query = (
        select(
            Sale.id,
            Sale.sold_at,
            Sale.amount_minor,
            Sale.payment,
            Sale.product,
            Sale.sector_code,
            _REVERSAL.sold_at,
        )
        .outerjoin(_REVERSAL, _REVERSAL.reverses_id == Sale.id)
        .where(Sale.stand_id == stand_id, Sale.day == day, Sale.reverses_id.is_(None))
        .order_by(Sale.sold_at.desc(), Sale.id)
        .limit(most)
    )
    return [TillSale(*row) for row in session.execute(query)]


def sums_of_day(session: Session, *, stand_id: int, day: date) -> DaySums:
    """Return the sums of a stand-day; a reversal counts in its sale's product and payment."""
    sale = aliased(Sale)
    counted = (
        select(
            func.coalesce(sale.product, Sale.product).label("product"),
            func.coalesce(sale.sector_code, Sale.sector_code).label("sector_code"),
            func.coalesce(sale.payment, Sale.payment).label("payment"),
            Sale.amount_minor,
        )
        .outerjoin(sale, sale.id == Sale.reverses_id)
        .where(
            Sale.stand_id == stand_id,
            Sale.day == day,
            Sale.reverses_id.is_(None)
            | ((sale.stand_id == Sale.stand_id) & (sale.amount_minor == -Sale.amount_minor)),
        )
        .subquery()
    )
    sums = DaySums()
    total = func.sum(counted.c.amount_minor)
    for product, sector, amount in session.execute(
        select(counted.c.product, func.max(counted.c.sector_code), total)
        .group_by(counted.c.product)
        .order_by(total.desc())
    ):
        sums.by_product.append((product, sector, int(amount)))
    for payment, amount in session.execute(
        select(counted.c.payment, total).group_by(counted.c.payment).order_by(total.desc())
    ):
        sums.by_payment[Payment(payment)] = int(amount)
    return sums


def total_of_day(session: Session, *, stand_id: int, day: date) -> StandDay | None:
    """Return the totals of a stand-day, None when nothing was recorded or declared."""
    return session.get(StandDay, (stand_id, day))


def reports_of_day(session: Session, *, stand_id: int, day: date) -> Sequence[DayReport]:
    """Return the declarations of a stand for a day, the one that counts first."""
    return session.scalars(
        select(DayReport)
        .where(DayReport.stand_id == stand_id, DayReport.day == day)
        .order_by(DayReport.reported_at.desc())
    ).all()


def _stands() -> Select[Stand, Registration | None]:
    return (
        select(Stand, Registration)
        .join(Stop, Stop.id == Stand.stop_id)
        .join(Event, Event.id == Stop.event_id)
        .outerjoin(Allocation, (Allocation.stand_id == Stand.id) & Allocation.released_at.is_(None))
        .outerjoin(Registration, Registration.id == Allocation.registration_id)
        .options(joinedload(Stand.stop).joinedload(Stop.event), joinedload(Registration.cooperative))
    )


def _till_stands(session: Session, query: Select[Stand, Registration | None]) -> list[TillStand]:
    found: dict[int, TillStand] = {}
    for stand, registration in session.execute(query):
        found.setdefault(
            stand.id,
            TillStand(
                event=stand.stop.event,
                stop=stand.stop,
                stand_id=stand.id,
                stand=stand.code,
                registration_id=registration.id if registration else None,
                holder=registration.cooperative if registration else None,
            ),
        )
    return list(found.values())

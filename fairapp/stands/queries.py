"""Reads of floor plans: stands with their holders, and who is without a stand."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from fairapp.events.models import Event, Stop
from fairapp.foundation.ids import parse_reference
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.models import Registration, RegistrationStop
from fairapp.stands.domain import Need, StandKind, StandNeeds, StandPlan, by_fit, code_order, unmet
from fairapp.stands.errors import RegistrationNotFound, StandNotFound
from fairapp.stands.models import Allocation, Stand, Zone

_WITH_COOPERATIVE = (joinedload(Registration.cooperative), selectinload(Registration.products))


@dataclass(frozen=True, slots=True)
class PlacedStand:
    """A stand of a plan with its zone, its live allocation, if any, and needs that it fails to meet.

    A shared stand shows the first share; `others` are the live allocations of the further ones.
    """

    stand: Stand
    zone: Zone | None
    allocation: Allocation | None
    others: tuple[Allocation, ...] = ()

    @property
    def code(self) -> str:
        """Code of the stand."""
        return self.stand.code

    @property
    def holder(self) -> Registration | None:
        """The registration that holds the stand, with its cooperative."""
        return self.allocation.registration if self.allocation else None

    @property
    def unmet(self) -> tuple[Need, ...]:
        """Needs of the holder that the stand does not meet."""
        return lacking(self.holder, self) if self.holder else ()

    @property
    def is_lapsed(self) -> bool:
        """Whether the holder is no longer accepted, so that the stand waits to be released."""
        return self.holder is not None and self.holder.state is not RegistrationState.ACCEPTED

    @property
    def is_free(self) -> bool:
        """Whether an exhibitor could be placed here."""
        return self.allocation is None and self.stand.kind is StandKind.EXHIBITOR


@dataclass(frozen=True, slots=True)
class Plan:
    """The stands of one stop in the order of their codes, and accepted registrations without one."""

    stop: Stop
    stands: tuple[PlacedStand, ...]
    without: tuple[Registration, ...]

    def find(self, code: str) -> PlacedStand | None:
        """Return the stand of a code, in any case."""
        return next((placed for placed in self.stands if placed.code.casefold() == code.casefold()), None)

    @property
    def exhibitor_stands(self) -> list[PlacedStand]:
        """Stands that exhibitors may hold."""
        return [placed for placed in self.stands if placed.stand.kind is StandKind.EXHIBITOR]

    @property
    def held(self) -> list[PlacedStand]:
        """Stands with a holder."""
        return [placed for placed in self.stands if placed.allocation]

    @property
    def free(self) -> list[PlacedStand]:
        """Stands where an exhibitor could be placed."""
        return [placed for placed in self.stands if placed.is_free]

    @property
    def in_question(self) -> list[PlacedStand]:
        """Stands whose holder lapsed, or needs something that the stand lacks."""
        return [placed for placed in self.stands if placed.is_lapsed or placed.unmet]

    def questions(self, sentences: Mapping[Need, str], lapsed: str) -> dict[str, list[PlacedStand]]:
        """Return the stands in question by what is wrong: one of the sentences, or `lapsed`."""
        found: dict[str, list[PlacedStand]] = {}
        for placed in self.in_question:
            wrong = [lapsed] if placed.is_lapsed else [sentences[need] for need in placed.unmet]
            for sentence in wrong:
                found.setdefault(sentence, []).append(placed)
        return found

    def suitable(self, registration: Registration) -> list[PlacedStand]:
        """Return the free stands, most suitable for a registration first."""
        placed = {free.code: free for free in self.free}
        stands = [plan_of_stand(free.stand) for free in self.free]
        return [placed[stand.code] for stand in by_fit(needs_of(registration), stands)]


def needs_of(registration: Registration) -> StandNeeds:
    """Return what a registration needs of its stand."""
    return StandNeeds(
        width_cm=registration.stand_width_cm,
        power=registration.needs_power,
        water=registration.needs_water,
        step_free=registration.needs_step_free,
    )


def lacking(registration: Registration, placed: PlacedStand) -> tuple[Need, ...]:
    """Return the needs of a registration that a stand does not meet."""
    return unmet(needs_of(registration), plan_of_stand(placed.stand))


def plan_of_stand(stand: Stand, *, zone: str | None = None) -> StandPlan:
    """Return a stand as the rules want it."""
    return StandPlan(
        code=stand.code,
        zone=zone,
        kind=stand.kind,
        width_cm=stand.width_cm,
        depth_cm=stand.depth_cm,
        x_cm=stand.x_cm,
        y_cm=stand.y_cm,
        power=stand.power,
        water=stand.water,
        corner=stand.corner,
        step_free=stand.step_free,
    )


def plan_of(session: Session, *, stop: Stop) -> Plan:
    """Return the plan of a stop, in the same number of queries however many stands it has."""
    return Plan(
        stop=stop,
        stands=tuple(stands_of(session, stop=stop)),
        without=tuple(without_stand(session, stop=stop)),
    )


def stands_of(session: Session, *, stop: Stop) -> list[PlacedStand]:
    """Return the stands of a stop with their holders, in the order of their codes."""
    stands = session.scalars(select(Stand).where(Stand.stop_id == stop.id).options(joinedload(Stand.zone)))
    held: dict[int, list[Allocation]] = {}
    for allocation in session.scalars(_live(stop)):
        held.setdefault(allocation.stand_id, []).append(allocation)
    placed = [_placed(stand, held.get(stand.id, ())) for stand in stands]
    return sorted(placed, key=lambda placed: code_order(placed.code))


def placed_stand(session: Session, *, stop: Stop, code: str) -> PlacedStand:
    """Return one stand of a stop with its holder.

    Raises: StandNotFound.
    """
    query = select(Stand).where(Stand.stop_id == stop.id, func.lower(Stand.code) == code.lower())
    stand = session.scalar(query.options(joinedload(Stand.zone)))
    if stand is None:
        raise StandNotFound()
    return _placed(stand, session.scalars(_live(stop).where(Allocation.stand_id == stand.id)).all())


def without_stand(session: Session, *, stop: Stop) -> list[Registration]:
    """Return accepted registrations that ask for a stop and hold no stand there, oldest first."""
    holds = exists().where(
        Allocation.registration_id == Registration.id,
        Allocation.stop_id == stop.id,
        Allocation.released_at.is_(None),
    )
    query = (
        select(Registration)
        .join(RegistrationStop, RegistrationStop.registration_id == Registration.id)
        .options(*_WITH_COOPERATIVE)
        .where(RegistrationStop.stop_id == stop.id, Registration.state == RegistrationState.ACCEPTED, ~holds)
        .order_by(Registration.received_at, Registration.id)
    )
    return list(session.scalars(query))


def zones_of(session: Session, *, stop: Stop) -> list[Zone]:
    """Return the zones of a stop, in the order of their codes."""
    zones = session.scalars(select(Zone).where(Zone.stop_id == stop.id))
    return sorted(zones, key=lambda zone: code_order(zone.code))


def event_of(session: Session, *, registration: Registration) -> Event:
    """Return the event of a registration."""
    return session.get_one(Event, registration.event_id)


def stands_held(
    session: Session, *, registration_ids: Collection[int], lock: bool = False
) -> list[Allocation]:
    """Return the live allocations of registrations, with their stands. `lock` holds their rows."""
    query = (
        select(Allocation)
        .options(selectinload(Allocation.stand))
        .where(Allocation.registration_id.in_(registration_ids), Allocation.released_at.is_(None))
        .order_by(Allocation.id)
    )
    return list(session.scalars(query.with_for_update(key_share=True) if lock else query))


def stands_count(session: Session, *, event: Event) -> dict[int, tuple[int, int]]:
    """Return for each stop of an event how many exhibitor stands it has and how many are held."""
    held = exists().where(Allocation.stand_id == Stand.id, Allocation.released_at.is_(None))
    rows = session.execute(
        select(Stand.stop_id, held, func.count())
        .join(Stop, Stop.id == Stand.stop_id)
        .where(Stop.event_id == event.id, Stand.kind == StandKind.EXHIBITOR)
        .group_by(Stand.stop_id, held)
    )
    counts: dict[int, tuple[int, int]] = {}
    for stop_id, is_held, count in rows:
        total, taken = counts.get(stop_id, (0, 0))
        counts[stop_id] = (total + count, taken + (count if is_held else 0))
    return counts


def stands_by_code(session: Session, *, stop: Stop) -> dict[str, Stand]:
    """Return the stands of a stop by their folded codes, with their zones, locked."""
    query = select(Stand).where(Stand.stop_id == stop.id).options(selectinload(Stand.zone))
    stands = session.scalars(query.order_by(Stand.id).with_for_update(key_share=True))
    return {stand.code.casefold(): stand for stand in stands}


def stand_for_update(session: Session, *, stop: Stop, code: str) -> Stand:
    """Return a stand of a stop by its code in any case, locked.

    Raises: StandNotFound.
    """
    query = select(Stand).where(Stand.stop_id == stop.id, func.lower(Stand.code) == code.lower())
    stand = session.scalar(query.with_for_update(key_share=True))
    if stand is None:
        raise StandNotFound()
    return stand


def stands_for_update(session: Session, *, stop: Stop, codes: Sequence[str]) -> dict[str, Stand]:
    """Return stands of a stop by their folded codes, locked in the order of their ids."""
    query = (
        select(Stand)
        .where(Stand.stop_id == stop.id, func.lower(Stand.code).in_([code.lower() for code in codes]))
        .order_by(Stand.id)
    )
    stands = session.scalars(query.with_for_update(key_share=True))
    return {stand.code.casefold(): stand for stand in stands}


def registration_for_update(session: Session, *, event: Event, reference: str) -> Registration:
    """Return a registration of an event by its reference in any form, locked, with its stops.

    Raises: RegistrationNotFound.
    """
    query = (
        select(Registration)
        .options(selectinload(Registration.stops))
        .where(
            Registration.event_id == event.id, Registration.reference == (parse_reference(reference) or "")
        )
    )
    registration = session.scalar(query.with_for_update(key_share=True))
    if registration is None:
        raise RegistrationNotFound()
    return registration


def registrations_for_update(session: Session, *, ids: Sequence[int]) -> dict[int, Registration]:
    """Return registrations by id, locked in the order of their ids, with their stops."""
    query = (
        select(Registration)
        .options(selectinload(Registration.stops))
        .where(Registration.id.in_(ids))
        .order_by(Registration.id)
    )
    found = session.scalars(query.with_for_update(key_share=True))
    return {registration.id: registration for registration in found}


def live_allocation(session: Session, *, stand: Stand) -> Allocation | None:
    """Return who holds a stand now, if anyone."""
    query = select(Allocation).where(Allocation.stand_id == stand.id, Allocation.released_at.is_(None))
    return session.scalar(query.order_by(Allocation.share).limit(1))


def holder_id(session: Session, *, stop: Stop, code: str) -> int | None:
    """Return the id of the registration that holds a stand, without a lock; None when free.

    Raises: StandNotFound.
    """
    query = (
        select(Stand.id, Allocation.registration_id)
        .outerjoin(Allocation, (Allocation.stand_id == Stand.id) & Allocation.released_at.is_(None))
        .where(Stand.stop_id == stop.id, func.lower(Stand.code) == code.lower())
        .order_by(Allocation.share)
    )
    row = session.execute(query).first()
    if row is None:
        raise StandNotFound()
    registration_id: int | None = row.registration_id
    return registration_id


def count_held(session: Session, *, registration_id: int, stop_id: int | None = None) -> int:
    """Return how many stands a registration holds, at one stop or at all."""
    query = select(func.count()).where(
        Allocation.registration_id == registration_id, Allocation.released_at.is_(None)
    )
    if stop_id is not None:
        query = query.where(Allocation.stop_id == stop_id)
    return session.scalar(query) or 0


def was_used(session: Session, *, stand: Stand) -> bool:
    """Tell whether anyone ever held a stand."""
    return bool(session.scalar(select(exists().where(Allocation.stand_id == stand.id))))


def _live(stop: Stop) -> Select[Allocation]:
    return (
        select(Allocation)
        .options(
            joinedload(Allocation.registration).joinedload(Registration.cooperative),
            joinedload(Allocation.registration).selectinload(Registration.products),
        )
        .where(Allocation.stop_id == stop.id, Allocation.released_at.is_(None))
        .order_by(Allocation.share)
    )


def _placed(stand: Stand, shares: Sequence[Allocation]) -> PlacedStand:
    return PlacedStand(stand, stand.zone, shares[0] if shares else None, tuple(shares[1:]))

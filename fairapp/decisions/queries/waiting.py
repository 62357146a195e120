"""Reads of the waiting list: who waits in which order, who holds places, freed places and their offers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from fairapp.cooperatives.models import Cooperative
from fairapp.decisions.domain.offering import Passed, Waiting
from fairapp.decisions.domain.states import OfferState
from fairapp.decisions.errors import OfferNotFound, PlaceNotFound
from fairapp.decisions.models import FreedPlace, PlaceOffer, WaitingSkip
from fairapp.events.models import Capacity, Event, Quota, Stop
from fairapp.reference.queries import sectors
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.models import (
    Registration,
    RegistrationProduct,
    RegistrationSector,
    RegistrationStop,
)
from fairapp.selection.domain.rules import Entry, PlaceRule, QuotaRule, Rules, is_led_by_youth
from fairapp.selection.domain.words import RunState
from fairapp.selection.models import Rank, SelectionRun

_BARS = {
    OfferState.OPEN: Passed.HAS_OFFER,
    OfferState.DECLINED: Passed.DECLINED,
    OfferState.EXPIRED: Passed.EXPIRED,
    OfferState.STOPPED: Passed.STOPPED,
}


@dataclass(frozen=True, slots=True)
class List:
    """The waiting list of an event as it is now, and those who hold places or an open offer."""

    waiting: tuple[Waiting, ...]
    holding: tuple[Entry, ...]
    rules: Rules


@dataclass(frozen=True, slots=True)
class Named:
    """A registration of the list with what a page shows of it."""

    reference: str
    name_ar: str
    name_fr: str
    received_at: datetime
    skip_reason: str | None


def waiting_list(session: Session, *, event: Event, place: FreedPlace | None = None) -> List:
    """Return who waits and who holds places, in eight queries. `event` is loaded with its stops.

    For a place, who left it is passed over.
    """
    found = session.execute(
        select(
            Registration.id,
            Registration.reference,
            Registration.state,
            Registration.received_at,
            Cooperative,
        )
        .join(Cooperative, Cooperative.id == Registration.cooperative_id)
        .where(
            Registration.event_id == event.id,
            Registration.state.in_((RegistrationState.ACCEPTED, RegistrationState.WAITLISTED)),
        )
        .order_by(Registration.id)
    ).all()
    ids = [row.id for row in found]
    facts = _Facts(session, event, ids, {row.Cooperative.id for row in found})
    ranks, bars = _ranks(session, event.id), _bars(session, event.id)
    waiting, holding = [], []
    for row in found:
        entry = facts.entry(row.id, row.reference, row.Cooperative)
        bar = bars.get(row.id)
        if row.state is RegistrationState.ACCEPTED or bar is Passed.HAS_OFFER:
            holding.append(entry)
        if row.state is RegistrationState.WAITLISTED:
            if bar is None and place is not None and place.registration_id == row.id:
                bar = Passed.LEFT_IT
            waiting.append(Waiting(entry, ranks.get(row.id), row.received_at, bar))
    return List(tuple(waiting), tuple(holding), _rules(session, event))


def names_of_waiting(session: Session, *, event_id: int) -> dict[str, Named]:
    """Return what a page shows of those who wait, by reference."""
    rows = session.execute(
        select(
            Registration.reference,
            Cooperative.name_ar,
            Cooperative.name_fr,
            Registration.received_at,
            WaitingSkip.reason,
        )
        .join(Cooperative, Cooperative.id == Registration.cooperative_id)
        .outerjoin(WaitingSkip, WaitingSkip.registration_id == Registration.id)
        .where(Registration.event_id == event_id, Registration.state == RegistrationState.WAITLISTED)
    )
    return {row[0]: Named(*row) for row in rows}


def event_for_update(session: Session, *, event_id: int) -> Event:
    """Return an event with its stops, locked: offers of one event are made one after the other."""
    return session.scalars(
        select(Event)
        .options(selectinload(Event.stops))
        .where(Event.id == event_id)
        .with_for_update(of=Event, key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def place_by_id(session: Session, *, place_id: int) -> FreedPlace:
    """Return a freed place, as it is now.

    Raises: PlaceNotFound.
    """
    place = session.get(FreedPlace, place_id, populate_existing=True)
    if place is None:
        raise PlaceNotFound()
    return place


def event_place(session: Session, *, event: Event, place_id: int) -> FreedPlace:
    """Return a freed place of an event.

    Raises: PlaceNotFound.
    """
    place = session.get(FreedPlace, place_id, populate_existing=True)
    if place is None or place.event_id != event.id:
        raise PlaceNotFound()
    return place


def open_offer(session: Session, *, place_id: int) -> PlaceOffer | None:
    """Return the open offer of a place, if any."""
    return session.scalar(
        select(PlaceOffer).where(PlaceOffer.place_id == place_id, PlaceOffer.state == OfferState.OPEN)
    )


def open_offer_to(session: Session, *, registration_id: int, lock: bool = False) -> PlaceOffer | None:
    """Return the open offer to a registration, if any."""
    query = select(PlaceOffer).where(
        PlaceOffer.registration_id == registration_id, PlaceOffer.state == OfferState.OPEN
    )
    return session.scalar(query.with_for_update() if lock else query)


def last_offer_to(session: Session, *, registration_id: int) -> PlaceOffer | None:
    """Return the newest offer to a registration, if any."""
    query = select(PlaceOffer).where(PlaceOffer.registration_id == registration_id)
    return session.scalars(query.order_by(PlaceOffer.id.desc()).limit(1)).first()


def offer_by_token(session: Session, *, token: str) -> PlaceOffer:
    """Return the offer that a link opens, with its registration, event and cooperative.

    Raises: OfferNotFound.
    """
    offer = session.scalar(
        select(PlaceOffer)
        .options(
            joinedload(PlaceOffer.registration).joinedload(Registration.event).selectinload(Event.stops),
            joinedload(PlaceOffer.registration).joinedload(Registration.cooperative),
            joinedload(PlaceOffer.registration).selectinload(Registration.stops),
        )
        .where(PlaceOffer.token == token)
    )
    if offer is None:
        raise OfferNotFound()
    return offer


def offer_by_id(session: Session, *, offer_id: int) -> PlaceOffer:
    """Return an offer.

    Raises: OfferNotFound.
    """
    offer = session.get(PlaceOffer, offer_id)
    if offer is None:
        raise OfferNotFound()
    return offer


def offer_for_update(session: Session, *, offer_id: int) -> PlaceOffer:
    """Return an offer as it is now, locked; after its event and its registration.

    Raises: OfferNotFound.
    """
    offer = session.scalar(
        select(PlaceOffer)
        .where(PlaceOffer.id == offer_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if offer is None:
        raise OfferNotFound()
    return offer


def offer_of_event(session: Session, *, event: Event, code: str) -> PlaceOffer:
    """Return an offer of an event by its code.

    Raises: OfferNotFound.
    """
    offer = session.scalar(select(PlaceOffer).where(PlaceOffer.event_id == event.id, PlaceOffer.code == code))
    if offer is None:
        raise OfferNotFound()
    return offer


def due_offer_ids(session: Session, *, now: datetime, most: int = 500) -> Sequence[int]:
    """Return the open offers whose time is over, the oldest first."""
    return session.scalars(
        select(PlaceOffer.id)
        .where(PlaceOffer.state == OfferState.OPEN, PlaceOffer.deadline_at < now)
        .order_by(PlaceOffer.deadline_at)
        .limit(most)
    ).all()


def places_without_offer(session: Session, *, event_id: int) -> Sequence[FreedPlace]:
    """Return the open places of an event that are offered to nobody now, the oldest first."""
    offered = select(PlaceOffer.place_id).where(
        PlaceOffer.event_id == event_id, PlaceOffer.state == OfferState.OPEN
    )
    return session.scalars(
        select(FreedPlace)
        .where(FreedPlace.event_id == event_id, FreedPlace.closed_at.is_(None), FreedPlace.id.not_in(offered))
        .order_by(FreedPlace.id)
    ).all()


def places_of(session: Session, *, event_id: int, most: int = 200) -> Sequence[FreedPlace]:
    """Return the freed places of an event, the newest first."""
    query = select(FreedPlace).where(FreedPlace.event_id == event_id)
    return session.scalars(query.order_by(FreedPlace.id.desc()).limit(most)).all()


def offers_of(session: Session, *, event_id: int, most: int = 200) -> Sequence[PlaceOffer]:
    """Return the offers of an event, the newest first, with registration and cooperative."""
    return session.scalars(
        select(PlaceOffer)
        .options(joinedload(PlaceOffer.registration).joinedload(Registration.cooperative))
        .where(PlaceOffer.event_id == event_id)
        .order_by(PlaceOffer.id.desc())
        .limit(most)
    ).all()


def references_of(session: Session, *, registration_ids: Collection[int]) -> dict[int, str]:
    """Return the references of registrations, by id."""
    query = select(Registration.id, Registration.reference).where(Registration.id.in_(registration_ids))
    return {row[0]: row[1] for row in session.execute(query)}


def skip_of(session: Session, *, registration_id: int) -> WaitingSkip | None:
    """Return why a registration is passed over by an organizer, if it is."""
    return session.scalar(select(WaitingSkip).where(WaitingSkip.registration_id == registration_id))


def lasting_stops(event: Event, stop_ids: Collection[int], today: date) -> list[Stop]:
    """Return those of some stops of a loaded event that are not cancelled and not over."""
    return [
        stop
        for stop in event.stops
        if stop.id in stop_ids and stop.cancelled_at is None and today <= stop.ends_on
    ]


class _Facts:
    """What is known of registrations for the rules of the list, read together."""

    def __init__(
        self, session: Session, event: Event, ids: Sequence[int], cooperatives: Collection[int]
    ) -> None:
        codes = {stop.id: stop.code for stop in event.stops}
        self._stops: dict[int, list[str]] = {}
        stops = select(RegistrationStop.registration_id, RegistrationStop.stop_id)
        for registration_id, stop_id in session.execute(
            stops.where(RegistrationStop.registration_id.in_(ids)).order_by(RegistrationStop.stop_id)
        ):
            self._stops.setdefault(registration_id, []).append(codes[stop_id])
        self._sectors = _sectors_of(session, ids)
        self._earlier = set(
            session.scalars(
                select(Registration.cooperative_id).where(
                    Registration.cooperative_id.in_(cooperatives),
                    Registration.event_id != event.id,
                    Registration.state == RegistrationState.ACCEPTED,
                )
            )
        )

    def entry(self, registration_id: int, reference: str, cooperative: Cooperative) -> Entry:
        """Return what the rules know of a registration."""
        return Entry(
            reference=reference,
            stops=tuple(self._stops.get(registration_id, ())),
            sectors=self._sectors.get(registration_id, ()),
            province=cooperative.province_code,
            women_led=bool(cooperative.women_led),
            youth=is_led_by_youth(cooperative.members, cooperative.youth_members),
            first_time=cooperative.id not in self._earlier,
            rural=bool(cooperative.rural),
        )


def _sectors_of(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Return the sectors of registrations in the order of their products, each followed by its parent."""
    found: dict[int, dict[str, None]] = {}
    products = (
        select(RegistrationProduct.registration_id, RegistrationProduct.sector_code)
        .where(RegistrationProduct.registration_id.in_(ids))
        .order_by(RegistrationProduct.registration_id, RegistrationProduct.position)
    )
    named = (
        select(RegistrationSector.registration_id, RegistrationSector.sector_code)
        .where(RegistrationSector.registration_id.in_(ids))
        .order_by(RegistrationSector.registration_id, RegistrationSector.sector_code)
    )
    known = sectors()
    for query in (products, named):
        for registration_id, code in session.execute(query):
            own = found.setdefault(registration_id, {})
            own[code] = None
            parent = known[code].parent if code in known else None
            if parent:
                own[parent] = None
    return {registration_id: tuple(codes) for registration_id, codes in found.items()}


def _ranks(session: Session, event_id: int) -> Mapping[int, int]:
    latest = (
        select(SelectionRun.id)
        .where(SelectionRun.event_id == event_id, SelectionRun.state == RunState.DECIDED)
        .order_by(SelectionRun.decided_at.desc(), SelectionRun.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(select(Rank.registration_id, Rank.overall).where(Rank.run_id == latest))
    return {row[0]: row[1] for row in rows}


def _bars(session: Session, event_id: int) -> dict[int, Passed]:
    """Return why registrations are passed over whatever the place: an answer given, or a person's word."""
    bars = {}
    offers = session.execute(
        select(PlaceOffer.registration_id, PlaceOffer.state)
        .where(PlaceOffer.event_id == event_id)
        .order_by(PlaceOffer.id)
    )
    for registration_id, state in offers:
        if state in _BARS:
            bars[registration_id] = _BARS[state]
    skips = session.scalars(
        select(WaitingSkip.registration_id)
        .join(Registration, Registration.id == WaitingSkip.registration_id)
        .where(Registration.event_id == event_id)
    )
    for registration_id in skips:
        if bars.get(registration_id) is not Passed.HAS_OFFER:
            bars[registration_id] = Passed.SKIPPED
    return bars


def _rules(session: Session, event: Event) -> Rules:
    capacities = session.scalars(select(Capacity).where(Capacity.event_id == event.id))
    quotas = session.scalars(
        select(Quota).where(Quota.event_id == event.id).order_by(Quota.kind, Quota.target)
    )
    return Rules(
        criteria=(),
        quotas=tuple(QuotaRule(quota.kind, quota.least_percent, quota.target) for quota in quotas),
        places=tuple(PlaceRule(part.stop_code, part.sector_code, part.places) for part in capacities),
        stops=tuple(stop.code for stop in event.stops),
        seed=event.draw_seed or "",
    )

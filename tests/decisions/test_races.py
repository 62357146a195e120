"""Many at once: a place is taken or expires, never both; two places never go to the same one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select

from fairapp.audit.domain import GUEST
from fairapp.decisions.domain.states import OfferState
from fairapp.decisions.errors import OfferOver
from fairapp.decisions.models import FreedPlace, PlaceOffer
from fairapp.decisions.services.answers import expire_offer, take_offer
from fairapp.decisions.services.places import offer_place
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import transaction
from fairapp.foundation.errors import Conflict
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.models import Registration, StateChange
from fairapp.registrations.services.review import withdraw_registration
from tests.factories.decisions import make_offer, make_place
from tests.factories.events import make_event
from tests.factories.registrations import make_accepted_registration, make_registration

TAPS = 4


def _at_once(app: Flask, works: list[Callable[[], str]]) -> list[str]:
    start = Barrier(len(works))

    def run(work: Callable[[], str]) -> str:
        with app.app_context():
            start.wait()
            try:
                return work()
            except (OfferOver, Conflict) as refusal:
                return type(refusal).__name__

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def _offered(app: Flask, deadline_at: datetime) -> tuple[int, str]:
    with app.app_context(), transaction() as session:
        event = make_event(session)
        waits = make_registration(session, event=event, state=RegistrationState.WAITLISTED)
        place = make_place(session, make_accepted_registration(session, event=event))
        offer = make_offer(session, place, waits, deadline_at=deadline_at)
        return offer.id, offer.token


def _accepted(app: Flask) -> int:
    with app.app_context(), transaction() as session:
        query = select(func.count(StateChange.id)).where(
            StateChange.state == RegistrationState.ACCEPTED, StateChange.account_id.is_(None)
        )
        left = select(func.count()).select_from(FreedPlace).where(FreedPlace.taken_by_id.is_not(None))
        # One acceptance was made by the factory, of the registration that left the place.
        assert (session.scalar(query) or 0) - 1 == session.scalar(left)
        return session.scalar(left) or 0


def test_taking_by_many_taps_accepts_once(committed: Flask) -> None:
    _id, token = _offered(committed, utc_now() + timedelta(hours=1))

    def take() -> str:
        with transaction() as session:
            offer = take_offer(session, actor=GUEST, token=token, note=None, now=utc_now())
            return offer.state.value

    assert _at_once(committed, [take] * TAPS) == ["taken"] * TAPS
    assert _accepted(committed) == 1


def test_taking_at_the_deadline_and_its_end_are_never_both(committed: Flask) -> None:
    deadline = utc_now()
    offer_id, token = _offered(committed, deadline)

    def take() -> str:
        with transaction() as session:
            return take_offer(session, actor=GUEST, token=token, note=None, now=deadline).state.value

    def expire() -> str:
        with transaction() as session:
            late = deadline + timedelta(seconds=1)
            found = expire_offer(session, offer_id=offer_id, now=late)
            return found.state.value if found else "left alone"

    outcomes = sorted(_at_once(committed, [take, expire, take, expire]))
    assert outcomes in (
        ["left alone", "left alone", "taken", "taken"],
        ["OfferOver", "OfferOver", "expired", "left alone"],
    )
    assert _accepted(committed) == (1 if "taken" in outcomes else 0)


def test_two_places_at_once_go_to_two(committed: Flask) -> None:
    with committed.app_context(), transaction() as session:
        event = make_event(session)
        for _ in range(2):
            make_registration(session, event=event, state=RegistrationState.WAITLISTED)
        places = [make_place(session, make_accepted_registration(session, event=event)).id for _ in range(2)]

    def offer(place_id: int) -> Callable[[], str]:
        def work() -> str:
            with transaction() as session:
                return str(offer_place(session, place_id=place_id, now=utc_now()) is not None)

        return work

    _at_once(committed, [offer(place_id) for place_id in places * 2])
    with committed.app_context(), transaction() as session:
        offers = session.scalars(select(PlaceOffer).where(PlaceOffer.state == OfferState.OPEN)).all()
        assert sorted(offer.place_id for offer in offers) == sorted(places)
        assert len({offer.registration_id for offer in offers}) == 2


def test_taking_and_withdrawing_at_once_leave_one_truth(committed: Flask) -> None:
    _id, token = _offered(committed, utc_now() + timedelta(hours=1))
    with committed.app_context(), transaction() as session:
        registration_id = session.scalars(select(PlaceOffer.registration_id)).one()

    def take() -> str:
        with transaction() as session:
            return take_offer(session, actor=GUEST, token=token, note=None, now=utc_now()).state.value

    def withdraw() -> str:
        with transaction() as session:
            withdraw_registration(session, actor=GUEST, registration_id=registration_id, now=utc_now())
            return "withdrawn"

    assert "withdrawn" in _at_once(committed, [take, withdraw])
    with committed.app_context(), transaction() as session:
        registration = session.get(Registration, registration_id)
        assert registration is not None
        assert registration.state is RegistrationState.WITHDRAWN
        open_offers = select(func.count()).where(PlaceOffer.state == OfferState.OPEN)
        assert session.scalar(open_offers) == 0

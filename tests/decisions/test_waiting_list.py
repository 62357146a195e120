"""The waiting list at work: a place that became free goes from one to the next, and everybody is told."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import GUEST, SYSTEM, Role, ScopeKind
from fairapp.audit.models import AuditEntry
from fairapp.audit.services import verify_chains
from fairapp.decisions import tasks
from fairapp.decisions.domain.states import OfferState
from fairapp.decisions.errors import (
    AlreadyOffered,
    NotWaiting,
    OfferNotFound,
    OfferOver,
    PlaceGone,
    StopsDiffer,
    TooManyPlaces,
    WhyMissing,
)
from fairapp.decisions.models import FreedPlace, PlaceOffer, WaitingSkip
from fairapp.decisions.services.answers import decline_offer, expire_offer, take_offer
from fairapp.decisions.services.places import offer_place
from fairapp.decisions.services.waiting_list import (
    include_registration,
    keep_place,
    offer_by_hand,
    offer_more,
    skip_registration,
    start_list,
    stop_list,
    stop_offer,
)
from fairapp.events.errors import EventNotFound
from fairapp.events.models import Event
from fairapp.foundation.errors import Refusal
from fairapp.messages.letters import write_letter
from fairapp.messages.models import Message
from fairapp.outbox.models import OutboxRow
from fairapp.registrations.domain import Decision, RegistrationState
from fairapp.registrations.models import Registration
from fairapp.registrations.services.review import withdraw_registration
from tests import NOW
from tests.decisions.arrange import ORGANIZER, decided, letter, make_rank, make_run
from tests.factories.accounts import make_account, make_actor
from tests.factories.events import make_event, make_market
from tests.factories.registrations import make_accepted_registration, make_registration
from tests.registrations.mails import parts_of

pytestmark = pytest.mark.usefixtures("app_context")

S = RegistrationState
LATER = NOW + timedelta(hours=1)


def _waits(session: Session, event: Event, *, hours: int = 0, **overrides: Any) -> Registration:
    return make_registration(
        session,
        event=event,
        state=S.WAITLISTED,
        received_at=NOW - timedelta(days=2) + timedelta(hours=hours),
        **overrides,
    )


def _withdraw(session: Session, registration: Registration) -> FreedPlace:
    withdraw_registration(session, actor=GUEST, registration_id=registration.id, now=NOW)
    return session.scalars(select(FreedPlace).order_by(FreedPlace.id.desc())).first()  # type: ignore[return-value]


def _work(session: Session, now: datetime = NOW) -> list[PlaceOffer]:
    """Do the offers that are asked for, as the worker does; return the open ones."""
    while True:
        rows = session.scalars(
            select(OutboxRow).where(OutboxRow.task == "decisions.offer_place", OutboxRow.done_at.is_(None))
        ).all()
        if not rows:
            break
        for row in rows:
            row.done_at = now
            session.flush()
            offer_place(session, place_id=row.payload["place_id"], now=now)
    return list(
        session.scalars(select(PlaceOffer).where(PlaceOffer.state == OfferState.OPEN).order_by(PlaceOffer.id))
    )


def _acts(session: Session) -> list[str]:
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    return [entry.action for entry in entries if entry.action.startswith("decisions.")]


def _notices(session: Session) -> list[tuple[str, str]]:
    messages = session.scalars(
        select(Message).where(Message.template == "decisions/notice").order_by(Message.id)
    )
    return [(message.context["reference"], message.context["state"]) for message in messages]


def test_a_withdrawal_offers_the_place_to_the_first_of_the_list(session: Session) -> None:
    event = make_event(session, offer_hours=24)
    leaves, second, first = (
        make_accepted_registration(session, event=event),
        _waits(session, event, hours=5),
        _waits(session, event, hours=1),
    )
    place = _withdraw(session, leaves)
    assert (place.registration_id, place.stop_ids) == (leaves.id, [event.stops[0].id])
    offer = _work(session)[0]
    assert (offer.registration_id, offer.deadline_at) == (first.id, NOW + timedelta(hours=24))
    assert offer.why == {"by_hand": False, "position": 1, "of": 2, "passed": []}
    assert _notices(session) == [(first.reference, "offered")]
    assert _acts(session) == ["decisions.letter_written", "decisions.place_freed", "decisions.place_offered"]
    assert second.state is S.WAITLISTED
    assert verify_chains(session) == []


def test_the_rank_of_the_run_goes_before_the_day_of_receipt(session: Session) -> None:
    event = make_event(session)
    leaves = make_accepted_registration(session, event=event)
    _early, ranked = _waits(session, event), _waits(session, event, hours=9)
    make_rank(session, make_run(session, event), ranked)
    _withdraw(session, leaves)
    assert [offer.registration_id for offer in _work(session)] == [ranked.id]


def test_a_refusal_after_acceptance_frees_the_place(session: Session) -> None:
    event = make_event(session)
    waits = _waits(session, event)
    accepted = make_accepted_registration(session, event=event)
    decided(session, Decision.REFUSE, registration=accepted)
    assert [offer.registration_id for offer in _work(session)] == [waits.id]


def test_who_goes_back_to_the_waiting_list_is_not_offered_its_own_place(session: Session) -> None:
    event = make_event(session)
    accepted = make_accepted_registration(session, event=event)
    decided(session, Decision.WAITLIST, registration=accepted)
    assert _work(session) == []


def test_a_place_looked_at_again_is_freed_only_by_the_next_decision(session: Session) -> None:
    event = make_event(session)
    accepted = make_accepted_registration(session, event=event)
    decided(session, Decision.REVIEW, registration=accepted)
    assert session.scalars(select(FreedPlace)).all() == []
    decided(session, Decision.REFUSE, registration=accepted)
    assert len(session.scalars(select(FreedPlace)).all()) == 1


def test_who_never_held_a_place_frees_none(session: Session) -> None:
    event = make_event(session)
    withdraw_registration(session, actor=GUEST, registration_id=_waits(session, event).id, now=NOW)
    assert session.scalars(select(FreedPlace)).all() == []


def test_take_offer_accepts_and_says_why(session: Session) -> None:
    event = make_event(session)
    waits = _waits(session, event)
    place = _withdraw(session, make_accepted_registration(session, event=event))
    offer = _work(session)[0]
    take_offer(session, actor=GUEST, token=offer.token, note="took it", now=LATER)
    assert (waits.state, waits.history[-1].note, waits.history[-1].account_id) == (
        S.ACCEPTED,
        "took it",
        None,
    )
    assert (offer.state, offer.answered_at) == (OfferState.TAKEN, LATER)
    assert (place.closed_at, place.taken_by_id) == (LATER, waits.id)
    said = str(letter(session, waits).facts["words"]["en"]["sections"])
    assert "It was offered to you on 20 May 2027 and you took it." in said
    assert session.scalars(select(OutboxRow.task)).all().count("badges.issue_badges") == 1


def test_take_offer_twice_accepts_once(session: Session) -> None:
    event = make_event(session)
    waits = _waits(session, event)
    _withdraw(session, make_accepted_registration(session, event=event))
    offer = _work(session)[0]
    for _tap in range(2):
        take_offer(session, actor=GUEST, token=offer.token, note=None, now=LATER)
    assert [change.state for change in waits.history].count(S.ACCEPTED) == 1
    assert _acts(session).count("decisions.offer_taken") == 1


def test_take_offer_of_some_stops_frees_the_others(session: Session) -> None:
    event = make_market(session, stops=2)
    leaves = make_accepted_registration(session, event=event)
    first, second = _waits(session, event), _waits(session, event, hours=1)
    first.stops, second.stops = [event.stops[0]], [event.stops[1]]
    session.flush()
    _withdraw(session, leaves)
    take_offer(session, actor=GUEST, token=_work(session)[0].token, note=None, now=NOW)
    assert [offer.registration_id for offer in _work(session)] == [second.id]


def test_decline_offer_goes_to_the_next_and_is_not_asked_again(session: Session) -> None:
    event = make_event(session)
    first, second = _waits(session, event), _waits(session, event, hours=1)
    _withdraw(session, make_accepted_registration(session, event=event))
    for _tap in range(2):
        decline_offer(session, actor=GUEST, token=_work(session)[0].token, now=NOW)
        if _tap == 0:
            assert [offer.registration_id for offer in _work(session)] == [second.id]
    assert _work(session) == []
    assert (first.state, second.state) == (S.WAITLISTED, S.WAITLISTED)
    offers = session.scalars(select(PlaceOffer).order_by(PlaceOffer.id)).all()
    assert [offer.why["passed"] for offer in offers][1] == [
        {"reference": first.reference, "why": "declined", "quota": None}
    ]


def test_an_offer_can_be_taken_at_the_deadline_and_not_after(session: Session) -> None:
    event = make_event(session)
    waits = _waits(session, event)
    _withdraw(session, make_accepted_registration(session, event=event))
    offer = _work(session)[0]
    assert expire_offer(session, offer_id=offer.id, now=offer.deadline_at) is None
    late = offer.deadline_at + timedelta(seconds=1)
    with pytest.raises(OfferOver):
        take_offer(session, actor=GUEST, token=offer.token, note=None, now=late)
    with pytest.raises(OfferOver):
        decline_offer(session, actor=GUEST, token=offer.token, now=late)
    assert (waits.state, offer.state) == (S.WAITLISTED, OfferState.OPEN)
    take_offer(session, actor=GUEST, token=offer.token, note=None, now=offer.deadline_at)
    assert waits.state is S.ACCEPTED
    assert expire_offer(session, offer_id=offer.id, now=late) is None


def test_an_expired_offer_goes_to_the_next_once(session: Session) -> None:
    event = make_event(session)
    first, second = _waits(session, event), _waits(session, event, hours=1)
    _withdraw(session, make_accepted_registration(session, event=event))
    offer = _work(session)[0]
    late = offer.deadline_at + timedelta(seconds=1)
    assert expire_offer(session, offer_id=offer.id, now=late) is offer
    assert expire_offer(session, offer_id=offer.id, now=late) is None
    assert [open_one.registration_id for open_one in _work(session, late)] == [second.id]
    assert _notices(session) == [
        (first.reference, "offered"),
        (first.reference, "offer_expired"),
        (second.reference, "offered"),
    ]


def test_two_places_go_to_two(session: Session) -> None:
    event = make_event(session)
    first, second = _waits(session, event), _waits(session, event, hours=1)
    for _ in range(2):
        _withdraw(session, make_accepted_registration(session, event=event))
    assert [offer.registration_id for offer in _work(session)] == [first.id, second.id]
    place_id = session.scalars(select(FreedPlace.id)).first()
    assert place_id is not None
    assert offer_place(session, place_id=place_id, now=NOW) is None


def test_a_stopped_list_offers_nothing_until_it_is_started(session: Session) -> None:
    event = make_event(session)
    waits = _waits(session, event)
    stop_list(session, actor=ORGANIZER, slug=event.slug, now=NOW)
    _withdraw(session, make_accepted_registration(session, event=event))
    assert _work(session) == []
    for _ in range(2):
        start_list(session, actor=ORGANIZER, slug=event.slug, now=NOW)
    assert [offer.registration_id for offer in _work(session)] == [waits.id]
    assert _acts(session).count("decisions.list_started") == 1


def test_a_new_one_on_the_list_is_offered_the_place_that_nobody_wanted(session: Session) -> None:
    event = make_event(session)
    _withdraw(session, make_accepted_registration(session, event=event))
    assert _work(session) == []
    late = decided(session, Decision.WAITLIST, event=event)
    assert [offer.registration_id for offer in _work(session)] == [late.id]


def test_who_withdraws_with_an_open_offer_lets_it_go_on(session: Session) -> None:
    event = make_event(session)
    first, second = _waits(session, event), _waits(session, event, hours=1)
    _withdraw(session, make_accepted_registration(session, event=event))
    offer = _work(session)[0]
    assert offer.registration_id == first.id
    withdraw_registration(session, actor=GUEST, registration_id=first.id, now=NOW)
    assert offer.state is OfferState.DECLINED
    assert [one.registration_id for one in _work(session)] == [second.id]


def test_a_place_whose_days_are_over_is_offered_to_nobody(session: Session) -> None:
    event = make_event(session)
    _waits(session, event)
    _withdraw(session, make_accepted_registration(session, event=event))
    assert _work(session, NOW + timedelta(days=60)) == []


def test_offer_more_gives_as_many_offers_once(session: Session) -> None:
    event = make_event(session)
    first, second, _third = (_waits(session, event, hours=hour) for hour in range(3))
    key = uuid.uuid4()
    for _tap in range(2):
        offer_more(
            session,
            actor=ORGANIZER,
            slug=event.slug,
            places=2,
            stop_codes=(),
            key=key,
            note=None,
            now=NOW,
        )
    assert [offer.registration_id for offer in _work(session)] == [first.id, second.id]


@pytest.mark.parametrize(
    "places, stops, refusal",
    [(0, (), TooManyPlaces), (51, (), TooManyPlaces), (1, ("S9",), StopsDiffer)],
    ids=["none", "too many", "no such stop"],
)
def test_offer_more_refuses(
    session: Session, places: int, stops: tuple[str, ...], refusal: type[Refusal]
) -> None:
    event = make_event(session)
    with pytest.raises(refusal):
        offer_more(
            session,
            actor=ORGANIZER,
            slug=event.slug,
            places=places,
            stop_codes=stops,
            key=uuid.uuid4(),
            note=None,
            now=NOW,
        )
    assert session.scalars(select(FreedPlace)).all() == []


def _by_hand(
    session: Session, registration: Registration, reason: str = "the jury asked for it"
) -> PlaceOffer:
    return offer_by_hand(
        session,
        actor=ORGANIZER,
        slug=registration.event.slug,
        reference=registration.reference,
        reason=reason,
        now=NOW,
    )


def test_offer_by_hand_takes_a_free_place_else_one_more(session: Session) -> None:
    event = make_event(session)
    stop_list(session, actor=ORGANIZER, slug=event.slug, now=NOW)
    place = _withdraw(session, make_accepted_registration(session, event=event))
    _first, second, third = (_waits(session, event, hours=hour) for hour in range(3))
    offer = _by_hand(session, second)
    assert (offer.place_id, offer.note, offer.why["by_hand"]) == (place.id, "the jury asked for it", True)
    assert _by_hand(session, third).place_id != place.id


def test_offer_by_hand_refuses_what_cannot_be(session: Session) -> None:
    event = make_event(session)
    waits = _waits(session, event)
    with pytest.raises(WhyMissing):
        _by_hand(session, waits, " ")
    with pytest.raises(NotWaiting):
        _by_hand(session, make_registration(session, event=event))
    event.stops[0].cancelled_at = NOW
    session.flush()
    with pytest.raises(StopsDiffer):
        _by_hand(session, waits)
    event.stops[0].cancelled_at = None
    session.flush()
    _by_hand(session, waits)
    with pytest.raises(AlreadyOffered):
        _by_hand(session, waits)
    assert len(session.scalars(select(PlaceOffer)).all()) == 1


def test_skip_and_include(session: Session) -> None:
    event = make_event(session)
    first, second = _waits(session, event), _waits(session, event, hours=1)
    skip = {"actor": ORGANIZER, "slug": event.slug, "reference": first.reference, "now": NOW}
    with pytest.raises(WhyMissing):
        skip_registration(session, reason="", **skip)  # type: ignore[arg-type] # plain values
    skip_registration(session, reason="cannot be reached", **skip)  # type: ignore[arg-type] # plain values
    _withdraw(session, make_accepted_registration(session, event=event))
    offer = _work(session)[0]
    assert offer.registration_id == second.id
    assert offer.why["passed"][0]["why"] == "skipped"
    include_registration(session, **skip)  # type: ignore[arg-type] # plain values
    assert session.scalars(select(WaitingSkip)).all() == []
    _withdraw(session, make_accepted_registration(session, event=event))
    assert [one.registration_id for one in _work(session)] == [second.id, first.id]
    with pytest.raises(AlreadyOffered):
        skip_registration(session, reason="too late", **skip)  # type: ignore[arg-type] # plain values


def test_stop_offer_goes_to_the_next_and_says_who(session: Session) -> None:
    event = make_event(session)
    account = make_account(session, Role.ORGANIZER)
    actor = make_actor(Role.ORGANIZER, account=account)
    first, second = _waits(session, event), _waits(session, event, hours=1)
    _withdraw(session, make_accepted_registration(session, event=event))
    offer = _work(session)[0]
    values = {"actor": actor, "slug": event.slug, "code": offer.code, "now": NOW}
    with pytest.raises(WhyMissing):
        stop_offer(session, reason="", **values)  # type: ignore[arg-type] # plain values
    stop_offer(session, reason="the stand is broken", **values)  # type: ignore[arg-type] # plain values
    assert (offer.state, offer.stopped_by_id) == (OfferState.STOPPED, account.id)
    with pytest.raises(OfferOver):
        stop_offer(session, reason="again", **values)  # type: ignore[arg-type] # plain values
    assert [one.registration_id for one in _work(session)] == [second.id]
    assert (first.reference, "offer_stopped") in _notices(session)


def test_keep_place_offers_it_to_nobody(session: Session) -> None:
    event = make_event(session)
    place = _withdraw(session, make_accepted_registration(session, event=event))
    values = {"actor": ORGANIZER, "slug": event.slug, "place_id": place.id, "now": NOW}
    with pytest.raises(WhyMissing):
        keep_place(session, reason="", **values)  # type: ignore[arg-type] # plain values
    keep_place(session, reason="a path is needed", **values)  # type: ignore[arg-type] # plain values
    with pytest.raises(PlaceGone):
        keep_place(session, reason="again", **values)  # type: ignore[arg-type] # plain values
    _waits(session, event)
    assert _work(session) == []


def test_another_organizer_reaches_nothing(session: Session) -> None:
    event = make_event(session)
    stranger = make_actor(Role.ORGANIZER, ScopeKind.REGION, region_code="01")
    for act in (stop_list, start_list):
        with pytest.raises(EventNotFound):
            act(session, actor=stranger, slug=event.slug, now=NOW)
    with pytest.raises(OfferNotFound):
        take_offer(session, actor=SYSTEM, token="nobody's", note=None, now=NOW)


def test_the_notice_of_an_offer_can_be_read(session: Session, app: Flask) -> None:
    event = make_event(session)
    _waits(session, event, locale="en")
    _withdraw(session, make_accepted_registration(session, event=event))
    offer = _work(session)[0]
    message = session.scalars(select(Message).where(Message.template == "decisions/notice")).one()
    parts = parts_of(write_letter(message, [], app.extensions["settings"]).content)
    assert f"http://localhost/en/offers/{offer.token}" in parts["text/plain"]
    assert f'href="http://localhost/en/offers/{offer.token}"' in parts["text/html"]


def test_tasks_offer_and_expire_once(session: Session) -> None:
    event = make_event(session, offer_hours=1)
    first, second = _waits(session, event), _waits(session, event, hours=1)
    place = _withdraw(session, make_accepted_registration(session, event=event))
    key = f"decisions.offer_place:{place.id}:freed"
    for _ in range(2):
        tasks.offer_place(place_id=place.id, key=key)
    offer = session.scalars(select(PlaceOffer)).one()
    assert offer.registration_id == first.id
    offer.deadline_at = NOW - timedelta(minutes=1)
    session.flush()
    for _ in range(2):
        tasks.expire_offers()
    row = session.scalars(select(OutboxRow).where(OutboxRow.task == "decisions.expire_offer")).one()
    for _ in range(2):
        tasks.expire_offer(**row.payload, key=row.key)
    session.expire_all()
    assert offer.state is OfferState.EXPIRED
    tasks.offer_place(place_id=place.id, key=f"decisions.offer_place:{place.id}:after:{offer.id}")
    newest = session.scalars(select(PlaceOffer).order_by(PlaceOffer.id.desc())).first()
    assert newest is not None
    assert newest.registration_id == second.id

"""Lists of badges, their faces and scope, presence and what registrations are told."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor, ActorKind, Grant, Role, ScopeKind
from fairapp.badges.errors import BadgeNotFound, PrintNotFound
from fairapp.badges.models import Badge
from fairapp.badges.queries.cards import (
    badge_page,
    badges_of_actor,
    badges_of_event,
    badges_of_registration,
    valid_cards_of_event,
)
from fairapp.badges.queries.gate import gate_stops
from fairapp.badges.queries.placements import placements
from fairapp.badges.queries.presence import count_present
from fairapp.badges.queries.prints import print_for
from fairapp.cooperatives.models import Cooperative
from fairapp.events.models import Event
from fairapp.registrations.domain import Gender
from fairapp.registrations.models import Registration
from fairapp.stands.models import Allocation
from tests import NOW, TODAY
from tests.badges.statements import statements_of
from tests.factories.accounts import make_actor
from tests.factories.badges import make_badge, make_badges, make_placed_registration
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event, make_market, make_running_event
from tests.factories.stands import make_allocation, make_stand

GATE = make_actor(Role.GATE)


def _names(session: Session, event: Event, search: str, revoked: bool | None = None) -> list[str]:
    found = badges_of_event(session, event=event, search=search, revoked=revoked)
    return [row.card.cooperative_fr for row in found.items]


def test_card_shows_who_where_and_when(session: Session) -> None:
    registration = make_placed_registration(session, representatives=2)
    registration.representatives[1].gender = Gender.MAN
    make_badges(session, registration)

    cards = [row.card for row in badges_of_registration(session, registration_id=registration.id)]

    assert [(card.name, card.gender, card.position, card.count) for card in cards] == [
        ("Representative 1", "woman", 1, 2),
        ("Representative 2", "man", 2, 2),
    ]
    assert [(stop.place_ar, stop.stands) for stop in cards[0].placed] == [("خنيفرة", ("A-14",))]
    assert cards[0].sector_code == "AGR-HONEY"


def test_badges_are_found_by_cooperative_code_number_and_name(session: Session) -> None:
    event = make_running_event(session)
    honey = make_cooperative(session, name_ar="تعاونيّة العسل", name_fr="Miel de l’Atlas")
    badge = make_badge(session, event=event, stand="A-1", cooperative=honey)
    other = make_badge(session, event=event, stand="A-2")
    registration = session.get_one(Registration, badge.registration_id)

    for search in ("تعاونية العسل", "miel", badge.short_code.lower(), registration.reference):
        assert _names(session, event, search) == ["Miel de l’Atlas"], search
    assert len(_names(session, event, "Representative 1")) == 2
    assert _names(session, event, "%") == _names(session, event, "")
    other.revoked_at = NOW
    session.flush()
    assert _names(session, event, "", revoked=False) == ["Miel de l’Atlas"]
    assert len(_names(session, event, "", revoked=True)) == 1
    assert badges_of_event(session, event=event).valid == 1


def test_list_of_one_and_of_three_badges_takes_the_same_statements(session: Session) -> None:
    counts = []
    for many in (1, 3):
        event = make_running_event(session)
        for number in range(many):
            make_badge(session, event=event, stand=f"L-{many}{number}")
        session.expire_all()
        session.refresh(event)
        with statements_of(session) as statements:
            assert len(badges_of_event(session, event=event).items) == many
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_cooperative_sees_its_own_badges_only(session: Session) -> None:
    badge, _other = make_badge(session), make_badge(session)
    cooperative_id = session.get_one(Registration, badge.registration_id).cooperative_id
    grant = Grant(Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=cooperative_id)
    actor = Actor(kind=ActorKind.ACCOUNT, account_id=1, grants=(grant,))

    assert [row.badge.id for row in badges_of_actor(session, actor=actor)] == [badge.id]
    assert badges_of_actor(session, actor=GATE) == []


def test_badge_page_tells_that_the_stand_changed(session: Session) -> None:
    registration = make_placed_registration(session)
    event = registration.event
    badge = make_badges(session, registration)[0]
    assert badge_page(session, token=badge.token)[1] is None
    session.query(Allocation).one().released_at = NOW + timedelta(days=1)
    make_allocation(session, make_stand(session, event.stops[0], code="B-3"), registration)

    row, change = badge_page(session, token=badge.token)

    assert row.card.placed[0].stands == ("B-3",)
    assert change is not None
    assert (change.before, change.at) == (("A-14",), NOW + timedelta(days=1))


def test_badge_page_of_an_unknown_secret_is_not_found(session: Session) -> None:
    with pytest.raises(BadgeNotFound):
        badge_page(session, token="nothing")


def test_print_of_another_event_is_not_found(session: Session) -> None:
    with pytest.raises(PrintNotFound):
        print_for(session, event=make_event(session), print_id=uuid.uuid4())


def test_valid_cards_of_an_event_come_by_cooperative(session: Session) -> None:
    event = make_running_event(session)
    names = {}
    for stand, name in (("A-1", "B"), ("A-2", "A")):
        badge = make_badge(session, event=event, stand=stand, cooperative=_named(session, name))
        names[name] = badge
    assert [card.cooperative_fr for card in valid_cards_of_event(session, event_id=event.id)] == ["A", "B"]
    names["A"].revoked_at = NOW
    session.flush()
    assert [card.cooperative_fr for card in valid_cards_of_event(session, event_id=event.id)] == ["B"]


def _named(session: Session, name: str) -> Cooperative:
    return make_cooperative(session, name_fr=name, name_ar=name)


def test_placements_tell_stands_and_badges_of_registrations(session: Session) -> None:
    badge = make_badge(session)
    empty = make_placed_registration(session, stand="C-1")

    found = placements(session, [badge.registration_id, empty.id, 404])

    held = found[badge.registration_id]
    assert [(stand.stop, stand.stand) for stand in held.stands] == [("S1", "A-14")]
    assert [(b.representative, b.code, b.token, b.revoked) for b in held.badges] == [
        ("Representative 1", badge.code, badge.token, False)
    ]
    assert (len(found[empty.id].stands), found[empty.id].badges) == (1, ())
    assert 404 not in found


def test_count_present_without_scans_is_empty(session: Session) -> None:
    badge: Badge = make_badge(session)
    assert count_present(session, [badge.event_id]) == {}


def test_gates_of_running_and_coming_stops_are_offered_within_scope(session: Session) -> None:
    running, far = make_running_event(session), make_market(session, stops=2)
    draft = make_running_event(session, published_at=None)

    offered = gate_stops(session, actor=GATE, today=TODAY)

    codes = [(stop.event_id, stop.code) for stop in offered]
    assert codes == [(running.id, "S1"), (far.id, "S1")]
    assert draft.id not in {stop.event_id for stop in offered}
    stranger = make_actor(Role.GATE, ScopeKind.EVENT, event_id=far.id)
    assert [stop.event_id for stop in gate_stops(session, actor=stranger, today=TODAY)] == [far.id]
    bound = Actor(kind=ActorKind.DEVICE, grants=GATE.grants, stop_id=running.stops[0].id)
    assert [stop.id for stop in gate_stops(session, actor=bound, today=TODAY)] == [running.stops[0].id]

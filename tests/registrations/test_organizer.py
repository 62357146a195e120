"""The organizer's queue and review."""

from datetime import timedelta
from functools import partial

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event as listen
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role, ScopeKind
from fairapp.events.models import Event
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.models import Registration
from fairapp.registrations.queries.filters import QueueFilters
from fairapp.registrations.queries.queue import Neighbours, neighbours, read_queue
from tests import NOW
from tests.conftest import sign_in
from tests.factories.accounts import make_account
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event
from tests.factories.registrations import make_registration

S = RegistrationState


def _state(session: Session, registration: Registration) -> str:
    session.refresh(registration)
    return registration.state.value


def _three(session: Session) -> tuple[Event, list[Registration]]:
    event = make_event(session)
    made = [
        make_registration(
            session,
            event=event,
            cooperative=make_cooperative(session, name_ar=name, women_led=led, province_code=province),
            received_at=NOW - timedelta(days=days),
            state=state,
        )
        for name, led, province, days, state in [
            ("تعاونية الأمل", True, "05.301", 1, S.RECEIVED),
            ("تعاونية النور", False, "05.301", 3, S.UNDER_REVIEW),
            ("تعاونية الأطلس", None, "09.001", 2, S.ACCEPTED),
        ]
    ]
    make_registration(session)  # of another event
    return event, made


def _queue(session: Session, event: Event, filters: QueueFilters) -> list[int]:
    return [row.id for row in read_queue(session, event_id=event.id, filters=filters).found.rows]


def test_queue_shows_those_that_wait_longest_first(session: Session) -> None:
    event, (amal, nour, _atlas) = _three(session)
    assert _queue(session, event, QueueFilters()) == [nour.id, amal.id]


@pytest.mark.parametrize(
    "filters, names",
    [
        (QueueFilters(states=()), ["nour", "atlas", "amal"]),
        (QueueFilters(states=(S.ACCEPTED,)), ["atlas"]),
        (QueueFilters(states=(), province="09.001"), ["atlas"]),
        (QueueFilters(women_led=True), ["amal"]),
        (QueueFilters(sector="COSM"), []),
        (QueueFilters(text="الامل"), ["amal"]),
        (QueueFilters(text="نور تعاونيه"), ["nour"]),
        (QueueFilters(text="%"), []),
    ],
    ids=["all", "accepted", "province", "women", "sector", "folded", "words in any order", "wildcard"],
)
def test_queue_is_narrowed(session: Session, filters: QueueFilters, names: list[str]) -> None:
    event, made = _three(session)
    known = dict(zip(["amal", "nour", "atlas"], made, strict=True))
    wanted = [known[name].id for name in names]
    assert _queue(session, event, filters) == wanted


def test_queue_finds_by_reference(session: Session) -> None:
    event, (amal, *_rest) = _three(session)
    assert _queue(session, event, QueueFilters(text=amal.reference.lower())) == [amal.id]


def test_queue_counts_each_filter_with_the_others_kept(session: Session) -> None:
    event, _made = _three(session)
    counts = read_queue(session, event_id=event.id, filters=QueueFilters()).counts
    assert counts.states == {S.RECEIVED: 1, S.UNDER_REVIEW: 1, S.ACCEPTED: 1}
    assert counts.sectors == {"AGR-HONEY": 2}
    assert counts.provinces == {"05.301": 2}
    assert counts.flags["women"] == 1


def test_next_in_queue_goes_round(session: Session) -> None:
    event, (amal, nour, atlas) = _three(session)
    of = partial(neighbours, session, filters=QueueFilters())
    assert of(registration=nour) == Neighbours(amal.reference, amal.reference, 1, 2)
    assert of(registration=amal) == Neighbours(nour.reference, nour.reference, 2, 2)
    assert of(registration=atlas) == Neighbours(nour.reference, amal.reference, 0, 2)
    assert event.id == nour.event_id


@pytest.mark.parametrize("count", [1, 3])
def test_queue_page_asks_as_often_for_any_number_of_rows(session: Session, count: int) -> None:
    event = make_event(session)
    for _ in range(count):
        make_registration(session, event=event, cooperative=make_cooperative(session))
    asked: list[str] = []
    connection = session.connection()
    listen.listen(connection, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))
    read_queue(session, event_id=event.id, filters=QueueFilters())
    assert len(asked) == 7


def _organizer(client: FlaskClient, session: Session) -> FlaskClient:
    return sign_in(client, make_account(session, Role.ORGANIZER))


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_queue_and_review_pages_can_be_read(client: FlaskClient, session: Session, language: str) -> None:
    event, (amal, *_rest) = _three(session)
    _organizer(client, session)
    queue = client.get(f"/{language}/organizer/events/{event.slug}/registrations")
    assert queue.status_code == 200
    assert f"{amal.reference[:4]}-{amal.reference[4:]}" in queue.text
    for filters in ("?state=all", "?state=refused", "?q=zzz", "?women=1&province=05.301&sector=AGR-HONEY"):
        page = client.get(f"/{language}/organizer/events/{event.slug}/registrations{filters}")
        assert page.status_code == 200
    review = client.get(f"/{language}/organizer/events/{event.slug}/registrations/{amal.reference}")
    assert review.status_code == 200
    assert amal.representatives[0].name in review.text


def test_review_decides_and_opens_the_next(client: FlaskClient, session: Session) -> None:
    event, (amal, nour, _atlas) = _three(session)
    _organizer(client, session)
    path = f"/en/organizer/events/{event.slug}/registrations/{nour.reference}"
    data = {"decision": "refuse", "reason": "sector_full", "note": "", "seen": "under_review"}
    preview = client.post(path, data={**data, "preview": "1"})
    assert preview.status_code == 200
    assert "سبب sector_full" in preview.text
    assert _state(session, nour) == "under_review"
    sent = client.post(path, data={**data, "send": "1"})
    shown = f"{amal.reference[:4]}-{amal.reference[4:]}"
    assert (sent.status_code, sent.headers["Location"]) == (
        303,
        f"/en/organizer/events/{event.slug}/registrations/{shown}",
    )
    assert _state(session, nour) == "refused"


@pytest.mark.parametrize(
    "data, field",
    [
        ({"decision": "", "reason": "rank"}, "decision"),
        ({"decision": "withdraw", "reason": "rank"}, "decision"),
        ({"decision": "refuse", "reason": ""}, "reason"),
        ({"decision": "refuse", "reason": "invented"}, "reason"),
        ({"decision": "accept", "note": "ب" * 501}, "note"),
    ],
)
def test_review_with_a_mistake_says_where(
    client: FlaskClient, session: Session, data: dict[str, str], field: str
) -> None:
    event, (amal, *_rest) = _three(session)
    _organizer(client, session)
    answer = client.post(f"/en/organizer/events/{event.slug}/registrations/{amal.reference}", data=data)
    assert answer.status_code == 422
    assert f'id="{field}-e"' in answer.text
    assert data.get("note", "") in answer.text
    session.refresh(amal)
    assert amal.state is S.RECEIVED


def test_review_when_someone_was_faster_is_told(client: FlaskClient, session: Session) -> None:
    event, (amal, *_rest) = _three(session)
    _organizer(client, session)
    answer = client.post(
        f"/en/organizer/events/{event.slug}/registrations/{amal.reference}",
        data={"decision": "accept", "reason": "", "note": "", "seen": "incomplete"},
    )
    assert answer.status_code == 409


def test_queue_and_review_are_closed_to_others(client: FlaskClient, session: Session) -> None:
    event, (amal, *_rest) = _three(session)
    elsewhere = make_account(session, Role.ORGANIZER, ScopeKind.REGION, region_code="09")
    sign_in(client, elsewhere)
    assert client.get(f"/en/organizer/events/{event.slug}/registrations").status_code == 404
    path = f"/en/organizer/events/{event.slug}/registrations/{amal.reference}"
    assert client.get(path).status_code == 404

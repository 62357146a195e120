"""Public pages of events: what they show, what they refuse, how little they weigh."""

import gzip
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.orm import Session

from fairapp.events.domain import QuotaKind
from fairapp.events.models import Criterion, Event, Quota, RequiredDocument
from fairapp.foundation.clock import local_date, utc_now
from tests import NOW
from tests.factories.events import make_event, make_market
from tests.factories.registrations import make_registration
from tests.factories.stands import make_allocation, make_stand

MOST_BYTES = 14 * 1024


def today() -> date:
    """The pages read the clock, so these tests place their events around the real day."""
    return local_date(utc_now())


def place(
    event: Event, first: int, last: int, *, opens: int | None = None, closes: int | None = None
) -> Event:
    """Move the days of an event; all are told from today."""
    for number, stop in enumerate(event.stops):
        stop.starts_on = today() + timedelta(days=first + 10 * number)
        stop.ends_on = today() + timedelta(days=last + 10 * number)
    event.registration_opens_on = today() + timedelta(days=opens) if opens is not None else None
    event.registration_closes_on = today() + timedelta(days=closes) if closes is not None else None
    return event


def open_fair(session: Session, **overrides: Any) -> Event:
    event = place(make_event(session, **overrides), 30, 34, opens=-5, closes=20)
    session.flush()
    return event


def count_queries(client: FlaskClient, session: Session, path: str) -> int:
    statements: list[str] = []
    connection = session.connection()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            statements.append(statement)

    sqlalchemy_event.listen(connection, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        sqlalchemy_event.remove(connection, "before_cursor_execute", note)
    return len(statements)


def test_home_without_events_says_what_will_be_here(client: FlaskClient) -> None:
    assert "No date is announced yet" in client.get("/en/").text


def test_home_shows_an_open_fair_with_its_way_to_register(client: FlaskClient, session: Session) -> None:
    event = open_fair(session)
    page = client.get("/en/").text
    assert f'href="/en/events/{event.slug}"' in page
    assert f'href="/en/events/{event.slug}/register"' in page
    assert "Registration open" in page


def test_home_leaves_out_drafts_and_past_events(client: FlaskClient, session: Session) -> None:
    draft = open_fair(session, published_at=None)
    past = place(make_event(session), -20, -16)
    session.flush()
    page, archive = client.get("/en/").text, client.get("/en/?show=past").text
    assert (draft.title_en in page, past.title_en in page) == (False, False)
    assert (draft.title_en in archive, past.title_en in archive) == (False, True)


@pytest.mark.parametrize(
    "show, expected",
    [("open", "open"), ("fairs", "open later"), ("markets", "market"), ("junk", "open later market")],
)
def test_home_filters_by_link(client: FlaskClient, session: Session, show: str, expected: str) -> None:
    events = {
        "open": open_fair(session),
        "later": place(make_event(session), 50, 52, opens=10, closes=20),
        "market": place(make_market(session), 60, 62, opens=10, closes=20),
    }
    session.flush()
    page = client.get(f"/en/?show={show}").text
    assert [name for name, event in events.items() if f'/events/{event.slug}"' in page] == expected.split()


def test_home_is_cut_into_pages_that_keep_the_filter(client: FlaskClient, session: Session) -> None:
    for _ in range(13):
        open_fair(session)
    first, second = client.get("/en/?show=fairs").text, client.get("/en/?show=fairs&page=2").text
    assert (first.count("<article"), second.count("<article")) == (12, 1)
    assert 'href="/en/?show=fairs&amp;page=2"' in first
    assert client.get("/en/?page=99999").status_code == 200
    assert client.get("/en/?page=-1").status_code == 200


def test_home_asks_as_often_for_one_event_as_for_three(client: FlaskClient, session: Session) -> None:
    open_fair(session)
    one = count_queries(client, session, "/en/")
    place(make_market(session), 40, 42, opens=-5, closes=9)
    open_fair(session)
    session.flush()
    assert count_queries(client, session, "/en/") == one


def test_event_page_tells_places_days_and_free_stands(client: FlaskClient, session: Session) -> None:
    event = open_fair(session)
    stop = event.stops[0]
    stop.venue_fr = "Place du 20 août"
    for number in range(3):
        make_stand(session, stop=stop, code=f"A-{number}")
    page = client.get(f"/fr/events/{event.slug}").text
    for text in (
        "Place du 20 août",
        'De <bdi dir="ltr">10:00</bdi> à <bdi dir="ltr">20:00</bdi>',
        "3 stands libres",
    ):
        assert text in page
    assert f'href="/fr/events/{event.slug}/register"' in page


def test_event_page_says_when_all_stands_are_taken(client: FlaskClient, session: Session) -> None:
    event = open_fair(session)
    stand = make_stand(session, stop=event.stops[0])
    make_allocation(session, stand, make_registration(session, event=event))
    assert "All stands are taken" in client.get(f"/en/events/{event.slug}").text


def test_event_page_publishes_the_terms_of_the_call(client: FlaskClient, session: Session) -> None:
    event = open_fair(session)
    titles = {"title_ar": "ا", "title_fr": "S"}
    session.add_all(
        [
            RequiredDocument(
                event_id=event.id,
                code="statutes",
                position=1,
                title_en="The statutes",
                food_only=True,
                **titles,
            ),
            Criterion(
                event_id=event.id, code="quality", position=1, title_en="Good quality", weight=70, **titles
            ),
            Quota(event_id=event.id, kind=QuotaKind.WOMEN_LED, target="", least_percent=50),
        ]
    )
    session.flush()
    page = client.get(f"/en/events/{event.slug}").text
    for text in ("The statutes", "For food products only", "Good quality", "70 points", "Reason rank"):
        assert text in page
    assert 'At least <bdi dir="ltr">50%</bdi> of the places are kept for women’s cooperatives.' in page


def test_event_page_counts_cooperatives_registered_so_far(client: FlaskClient, session: Session) -> None:
    event = open_fair(session)
    for _ in range(2):
        make_registration(session, event=event)
    page = client.get(f"/en/events/{event.slug}").text
    assert '<dt>Cooperatives registered so far</dt><dd><bdi dir="ltr">2</bdi></dd>' in page


@pytest.mark.parametrize(
    "first, opens, closes, sentence",
    [
        (30, 5, 20, "Not open yet"),
        (30, -20, -5, "Registration closed on"),
        (-20, -60, -30, "This event ended on"),
        (-1, -60, 1, "Closes in 1 day"),
        (30, -5, 0, "Closes today"),
    ],
    ids=["later", "closed", "ended", "running and open", "last day"],
)
def test_event_page_says_why_one_may_register_or_not(
    client: FlaskClient, session: Session, first: int, opens: int, closes: int, sentence: str
) -> None:
    event = place(make_event(session), first, first + 4, opens=opens, closes=closes)
    session.flush()
    page = client.get(f"/en/events/{event.slug}").text
    assert sentence in page
    assert (f"{event.slug}/register" in page) == ("Closes" in sentence)


def test_event_page_of_a_draft_or_unknown_slug_is_not_found(client: FlaskClient, session: Session) -> None:
    draft = make_event(session, published_at=None)
    assert client.get(f"/ar/events/{draft.slug}").status_code == 404
    assert client.get("/ar/events/nothing").status_code == 404
    assert client.get(f"/ar/events/{draft.slug}/calendar.ics").status_code == 404


def test_event_page_tells_a_cancelled_stop(client: FlaskClient, session: Session) -> None:
    event = place(make_market(session), 30, 31, opens=-5, closes=20)
    event.stops[1].cancelled_at = NOW
    session.flush()
    assert client.get(f"/en/events/{event.slug}").text.count("Cancelled") == 1


def test_typed_texts_are_escaped_and_isolated(client: FlaskClient, session: Session) -> None:
    event = open_fair(session, title_fr="ABC (شركة) <b>12</b>")
    page = client.get(f"/fr/events/{event.slug}").text
    assert "<h1><bdi>ABC (شركة) &lt;b&gt;12&lt;/b&gt;</bdi></h1>" in page
    assert "<b>12</b>" not in page


@pytest.mark.parametrize(
    "path", ["/ar/", "/ar/events/{slug}", "/fr/help", "/ar/privacy", "/en/accessibility"]
)
def test_public_pages_are_light(client: FlaskClient, session: Session, path: str) -> None:
    event = open_fair(session)
    for _ in range(11):
        place(make_market(session), 40, 42, opens=-5, closes=9)
    session.flush()
    answer = client.get(path.format(slug=event.slug), headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert len(answer.data) <= MOST_BYTES
    assert b"</html>" in gzip.decompress(answer.data)

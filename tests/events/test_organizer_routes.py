"""Pages of the organizer: what works, what is refused, and to whom they are closed."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role, ScopeKind
from fairapp.events import queries
from fairapp.events.models import Event
from tests.clients import sign_in
from tests.factories.accounts import make_account
from tests.factories.events import make_event, make_market

FORM: dict[str, Any] = {
    "kind": "mobile_market",
    "level": "regional",
    "region": "05",
    "title_ar": "السوق المتنقل",
    "title_fr": "Marché de l'Atlas",
    "registration_opens_on": "2027-06-01",
    "registration_closes_on": "20/06/2027",
    "most_representatives": "3",
    "stands_per_stop": "1",
    "organizer_phone": "06 12 34 56 78",
    "place_ar": "خنيفرة",
    "place_fr": "Khénifra",
    "province": "05.301",
    "starts_on": "2027-07-01",
    "ends_on": "2027-07-04",
    "opens_at": "10:00",
    "closes_at": "20:00",
}


@pytest.fixture
def organizer(session: Session, client: FlaskClient) -> FlaskClient:
    """A browser where an organizer of the whole nation is signed in."""
    return sign_in(client, make_account(session, Role.ORGANIZER))


def test_new_event_is_saved_as_a_draft_with_its_first_stop(session: Session, organizer: FlaskClient) -> None:
    answer = organizer.post("/en/organizer/events/new", data=FORM)
    assert answer.status_code == 303
    event = session.scalars(select(Event)).one()
    assert answer.location.endswith(f"/en/organizer/events/{event.slug}")
    assert (event.published_at, event.most_representatives, event.organizer_phone) == (
        None,
        3,
        "+212612345678",
    )
    page = organizer.get(answer.location).text
    assert "Marché de l&#39;Atlas" in page
    assert "Not published" in page


def test_new_event_with_mistakes_keeps_everything_typed(session: Session, organizer: FlaskClient) -> None:
    wrong = FORM | {"title_fr": "", "ends_on": "2027-06-01", "region": "77", "organizer_phone": "12"}
    answer = organizer.post("/en/organizer/events/new", data=wrong)
    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    for kept in ("السوق المتنقل", 'value="2027-06-01"', 'value="12"'):
        assert kept in answer.text
    assert "Write the title in French." in answer.text
    assert session.scalars(select(Event)).all() == []


def test_new_event_against_a_rule_says_so_beside_the_field(organizer: FlaskClient) -> None:
    answer = organizer.post("/en/organizer/events/new", data=FORM | {"ends_on": "2027-06-01"})
    assert answer.status_code == 422
    assert 'id="ends_on-e"' in answer.text


def test_my_events_shows_those_in_scope_and_filters(session: Session, client: FlaskClient) -> None:
    mine, other = make_event(session, region_code="05"), make_event(session, region_code="09")
    sign_in(client, make_account(session, Role.ORGANIZER, ScopeKind.REGION, region_code="05"))
    page = client.get("/en/organizer/").text
    assert mine.title_en in page
    assert other.title_en not in page
    assert mine.title_en not in client.get("/en/organizer/?status=draft").text


def test_edit_event_fills_the_form_and_saves(session: Session, organizer: FlaskClient) -> None:
    event = make_event(session, series_code="atlas")
    page = organizer.get(f"/en/organizer/events/{event.slug}/edit").text
    assert f'value="{event.title_fr}"' in page
    assert 'value="05" selected' in page or 'selected value="05"' in page
    data = FORM | {"kind": "fair", "title_en": "Another fair"}
    assert organizer.post(f"/en/organizer/events/{event.slug}/edit", data=data).status_code == 303
    session.refresh(event)
    assert (event.title_en, event.series_code) == ("Another fair", "atlas")


def test_registration_is_closed_and_opened_by_buttons(session: Session, organizer: FlaskClient) -> None:
    event = make_event(session)
    base = f"/en/organizer/events/{event.slug}"
    assert organizer.post(f"{base}/registration/close").status_code == 303
    assert "Open registration now" in organizer.get(base).text
    assert organizer.post(f"{base}/registration/open", data={"closes_on": "2027-06-01"}).status_code == 303
    session.refresh(event)
    assert (event.closed_at, str(event.registration_closes_on)) == (None, "2027-06-01")
    refused = organizer.post(f"{base}/registration/open", data={"closes_on": "2020-01-01"})
    assert refused.status_code == 422


def test_publish_shows_the_event_to_everyone(session: Session, organizer: FlaskClient) -> None:
    event = make_event(session, published_at=None)
    assert organizer.post(f"/en/organizer/events/{event.slug}/publish").status_code == 303
    assert queries.public_event(session, slug=event.slug).id == event.id


def test_stops_are_added_changed_cancelled_and_restored(session: Session, organizer: FlaskClient) -> None:
    event = make_market(session, stops=1)
    base = f"/en/organizer/events/{event.slug}"
    assert organizer.post(f"{base}/stops/new", data=FORM).status_code == 303
    changed = FORM | {"place_fr": "M'rirt"}
    assert organizer.post(f"{base}/stops/S2/edit", data=changed).status_code == 303
    assert "M&#39;rirt" in organizer.get(f"{base}/stops/S2/edit").text
    assert organizer.get(f"{base}/stops/S2/cancel").status_code == 200
    assert organizer.post(f"{base}/stops/S2/cancel").status_code == 303
    session.expire_all()
    assert queries.stop_of(queries.public_event(session, slug=event.slug), "S2").cancelled_at is not None
    assert organizer.post(f"{base}/stops/S2/restore").status_code == 303
    assert organizer.get(f"{base}/stops/S9/edit").status_code == 404


@pytest.mark.parametrize("part", ["documents", "criteria", "quotas", "reasons"])
def test_call_is_shown_with_its_lines(session: Session, organizer: FlaskClient, part: str) -> None:
    organizer.post("/en/organizer/events/new", data=FORM)
    event = session.scalars(select(Event)).one()
    page = organizer.get(f"/en/organizer/events/{event.slug}/call/{part}")
    assert page.status_code == 200


def test_call_criteria_must_add_up(session: Session, organizer: FlaskClient) -> None:
    event = make_event(session)
    url = f"/en/organizer/events/{event.slug}/call/criteria"
    rows = {
        "rows-0-ar": "الجودة",
        "rows-0-fr": "Qualité",
        "rows-0-weight": "60",
        "rows-1-ar": "",
        "rows-1-fr": "",
    }
    answer = organizer.post(url, data=rows)
    assert answer.status_code == 422
    assert "They add up to 60" in answer.text
    assert 'value="Qualité"' in answer.text
    assert organizer.post(url, data=rows | {"rows-0-weight": "100"}).status_code == 303
    [criterion] = queries.call_of(session, event=event).criteria
    assert (criterion.code, criterion.weight) == ("criterion_1", 100)


def test_call_documents_are_added_and_removed(session: Session, organizer: FlaskClient) -> None:
    event = make_event(session)
    url = f"/en/organizer/events/{event.slug}/call/documents"
    line = {"rows-0-ar": "صور", "rows-0-fr": "Photos", "rows-0-optional": "y"}
    assert organizer.post(url, data=line).status_code == 303
    assert [d.code for d in queries.documents_of(session, event=event)] == ["document_1"]
    half = {"rows-0-ar": "صور", "rows-0-fr": ""}
    assert organizer.post(url, data=half).status_code == 422
    removed = line | {"rows-0-code": "document_1", "rows-0-removed": "y"}
    assert organizer.post(url, data=removed).status_code == 303
    assert queries.documents_of(session, event=event) == []


def test_call_quotas_and_reasons_are_saved(session: Session, organizer: FlaskClient) -> None:
    event = make_event(session)
    base = f"/en/organizer/events/{event.slug}/call"
    quota = {"rows-0-kind": "women_led", "rows-0-least_percent": "50", "rows-1-kind": ""}
    assert organizer.post(f"{base}/quotas", data=quota).status_code == 303
    assert [q.least_percent for q in queries.call_of(session, event=event).quotas] == [50]
    reasons = {"rows-0-ar": "متأخر", "rows-0-fr": "Tardif"}
    assert organizer.post(f"{base}/reasons", data=reasons).status_code == 422


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.GATE, Role.COOPERATIVE, Role.DESK_AGENT])
def test_pages_are_closed_to_others(session: Session, client: FlaskClient, role: Role) -> None:
    event = make_event(session)
    sign_in(client, make_account(session, role))
    assert client.get(f"/en/organizer/events/{event.slug}").status_code == 403


def test_pages_of_foreign_events_are_not_found(session: Session, client: FlaskClient) -> None:
    event = make_event(session, region_code="05")
    sign_in(client, make_account(session, Role.ORGANIZER, ScopeKind.REGION, region_code="09"))
    base = f"/en/organizer/events/{event.slug}"
    for path in ("", "/edit", "/call/documents", "/stops/S1/edit"):
        assert client.get(base + path).status_code == 404
    for path in ("/publish", "/registration/close", "/registration/open", "/stops/S1/cancel"):
        assert client.post(base + path).status_code == 404
    session.refresh(event)
    assert event.closed_at is None

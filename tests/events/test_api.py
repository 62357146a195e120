"""Calls about events."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role, ScopeKind
from fairapp.events.models import Event
from tests.clients import ApiCaller
from tests.factories.accounts import make_account
from tests.factories.events import make_event, make_market, make_running_event

Api = Callable[..., ApiCaller]
BODY: dict[str, Any] = {
    "slug": "khenifra-2027",
    "kind": "fair",
    "level": "regional",
    "titles": {"ar": "معرض خنيفرة", "fr": "Foire de Khénifra", "en": "Khenifra fair"},
    "region": "05",
    "registration_opens_on": "2027-05-01",
    "registration_closes_on": "2027-05-30",
    "published": True,
    "stops": [
        {
            "place": "Khénifra",
            "province": "05.301",
            "starts_on": "2027-06-10",
            "ends_on": "2027-06-15",
            "opens_at": "10:00",
            "closes_at": "21:00",
        }
    ],
}


def _path(url: str) -> str:
    return url.removeprefix("http://localhost")


def test_post_events_creates_what_get_shows(session: Session, api: Api) -> None:
    answer = api(make_account(session, Role.ORGANIZER)).post("/events", json=BODY)
    assert answer.status_code == 201
    shown = api().get("/events/khenifra-2027").get_json()
    assert shown == answer.get_json()
    assert shown["status"] == "registration_open"
    assert shown["titles"] == BODY["titles"]
    assert shown["stops"] == [
        {
            "code": "S1",
            "place": "Khénifra",
            "province": "05.301",
            "starts_on": "2027-06-10",
            "ends_on": "2027-06-15",
            "opens_at": "10:00:00",
            "closes_at": "21:00:00",
            "status": "announced",
        }
    ]
    assert [reason["code"] for reason in shown["reasons"]] == [
        "missing_document",
        "outside_call",
        "sector_full",
        "rank",
        "withdrawn",
    ]
    assert all(reason["texts"][language] for reason in shown["reasons"] for language in ("ar", "fr", "en"))


def test_get_event_gives_the_place_in_the_language_of_the_caller(session: Session, api: Api) -> None:
    stops = [BODY["stops"][0] | {"place": {"ar": "خنيفرة", "fr": "Khénifra"}}]
    api(make_account(session, Role.ORGANIZER)).post("/events", json=BODY | {"stops": stops})
    for language, place in (("ar", "خنيفرة"), ("fr", "Khénifra")):
        answer = api().get("/events/khenifra-2027", headers={"Accept-Language": language})
        assert answer.get_json()["stops"][0]["place"] == place


@pytest.mark.parametrize(
    "change,pointer",
    [
        ({"stops": []}, "/stops"),
        ({"stops": BODY["stops"] * 2}, "/stops"),
        ({"region": "99"}, "/region"),
        ({"registration_closes_on": None}, "/registration_closes_on"),
        ({"registration_closes_on": "2027-04-01"}, "/registration_closes_on"),
        ({"titles": {"ar": "عنوان", "fr": " "}}, "/titles/fr"),
        ({"kind": "circus"}, "/kind"),
        ({"stops": [BODY["stops"][0] | {"province": "99.999"}]}, "/stops/0/province"),
        ({"stops": [BODY["stops"][0] | {"ends_on": "2027-06-01"}]}, "/stops/0/ends_on"),
        ({"stops": [BODY["stops"][0] | {"starts_on": "yesterday"}]}, "/stops/0/starts_on"),
    ],
)
def test_post_events_with_wrong_values_points_to_them(
    session: Session, api: Api, change: dict[str, Any], pointer: str
) -> None:
    answer = api(make_account(session, Role.ORGANIZER)).post("/events", json=BODY | change)
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.get_json()["errors"]]
    assert session.scalar(select(func.count()).select_from(Event)) == 0


def test_post_events_with_taken_slug_is_a_conflict(session: Session, api: Api) -> None:
    organizer = api(make_account(session, Role.ORGANIZER))
    assert organizer.post("/events", json=BODY).status_code == 201
    assert organizer.post("/events", json=BODY).status_code == 409


def test_post_events_by_others_is_refused(session: Session, api: Api) -> None:
    assert api().post("/events", json=BODY).status_code == 401
    assert api(make_account(session, Role.OFFICIAL)).post("/events", json=BODY).status_code == 403
    elsewhere = make_account(session, Role.ORGANIZER, ScopeKind.REGION, region_code="09")
    assert api(elsewhere).post("/events", json=BODY).status_code == 403


def test_post_events_by_organizer_of_one_event_may_go_on_with_the_new_one(session: Session, api: Api) -> None:
    account = make_account(session, Role.ORGANIZER, ScopeKind.EVENT, event_id=make_event(session).id)
    organizer = api(account)
    assert organizer.post("/events", json=BODY).status_code == 201
    stands = {"stands": [{"code": "A-1"}]}
    assert organizer.post("/events/khenifra-2027/stops/S1/stands", json=stands).status_code == 200


def test_get_event_that_is_a_draft_shows_it_to_its_organizer_only(session: Session, api: Api) -> None:
    draft = make_event(session, published_at=None)
    assert api().get(f"/events/{draft.slug}").status_code == 404
    assert api(make_account(session, Role.COOPERATIVE)).get(f"/events/{draft.slug}").status_code == 404
    answer = api(make_account(session, Role.ORGANIZER)).get(f"/events/{draft.slug}")
    assert answer.get_json()["status"] == "draft"


def test_get_events_lists_published_ones_filtered_and_paged(session: Session, api: Api) -> None:
    made = [make_event(session).slug for _ in range(3)]
    market, running = make_market(session), make_running_event(session)
    make_event(session, published_at=None)
    first = api().get("/events?limit=2").get_json()
    second = api().get(_path(first["next"])).get_json()
    third = api().get(_path(second["next"])).get_json()
    assert (len(first["items"]), len(second["items"]), len(third["items"])) == (2, 2, 1)
    assert third["next"] is None
    seen = {event["slug"] for page in (first, second, third) for event in page["items"]}
    assert seen == {*made, market.slug, running.slug}
    assert [e["slug"] for e in api().get("/events?kind=mobile_market").get_json()["items"]] == [market.slug]
    assert [e["slug"] for e in api().get("/events?status=running").get_json()["items"]] == [running.slug]
    assert api().get("/events?region=09").get_json()["items"] == []
    assert api().get("/events?status=open").status_code == 422

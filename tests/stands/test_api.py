"""Calls about stands and their holders."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role, ScopeKind
from fairapp.foundation.ids import show_reference
from tests.clients import ApiCaller
from tests.factories.accounts import make_account, make_device
from tests.factories.events import make_event
from tests.factories.registrations import make_accepted_registration, make_registration
from tests.factories.stands import make_allocation, make_stand

Api = Callable[..., ApiCaller]
STAND: dict[str, Any] = {
    "code": "A-14",
    "zone": "A",
    "kind": "exhibitor",
    "width_m": 3,
    "depth_m": 2.5,
    "x_m": 0,
    "y_m": 12.05,
    "power": True,
    "water": False,
    "corner": False,
    "step_free": True,
}


def test_post_stands_adds_and_replaces_what_get_lists(session: Session, api: Api) -> None:
    event = make_event(session)
    organizer = api(make_account(session, Role.ORGANIZER))
    url = f"/events/{event.slug}/stops/S1/stands"
    answer = organizer.post(url, json={"stands": [STAND]})
    assert answer.status_code == 200
    assert (answer.get_json()["added"], answer.get_json()["replaced"]) == (1, 0)
    changed = STAND | {"width_m": "4.5", "zone": None}
    answer = organizer.post(url, json={"stands": [changed, {"code": "A-15"}]})
    assert (answer.get_json()["added"], answer.get_json()["replaced"]) == (1, 1)
    first, second = organizer.get(url).get_json()["items"]
    assert first == STAND | {"width_m": 4.5, "depth_m": 2.5, "zone": None, "holder": None}
    assert (second["code"], second["kind"], second["width_m"]) == ("A-15", "exhibitor", 3.0)


@pytest.mark.parametrize(
    "change,pointer",
    [
        ({"code": "A 14"}, "/stands/0/code"),
        ({"width_m": 0}, "/stands/0/width_m"),
        ({"width_m": "wide"}, "/stands/0/width_m"),
        ({"kind": "palace"}, "/stands/0/kind"),
        ({"x_m": -1}, "/stands/0/x_m"),
    ],
)
def test_post_stands_with_wrong_values_points_to_them(
    session: Session, api: Api, change: dict[str, Any], pointer: str
) -> None:
    event = make_event(session)
    organizer = api(make_account(session, Role.ORGANIZER))
    answer = organizer.post(f"/events/{event.slug}/stops/S1/stands", json={"stands": [STAND | change]})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]


def test_stands_are_for_organizers_and_gates_of_the_event(session: Session, api: Api) -> None:
    event = make_event(session)
    url = f"/events/{event.slug}/stops/S1/stands"
    stranger = make_account(session, Role.ORGANIZER, ScopeKind.REGION, region_code="09")
    assert api().get(url).status_code == 401
    assert api(stranger).get(url).status_code == 404
    assert api(make_account(session, Role.OFFICIAL)).get(url).status_code == 403
    _device, token = make_device(session, event)
    gate = api()
    gate.headers = {"Authorization": f"Bearer {token}"}
    assert gate.get(url).status_code == 200
    assert gate.post(url, json={"stands": [STAND]}).status_code == 403
    organizer = api(make_account(session, Role.ORGANIZER))
    assert organizer.get(f"/events/{event.slug}/stops/S9/stands").status_code == 404


def test_put_holder_gives_and_takes_back(session: Session, api: Api) -> None:
    event = make_event(session)
    make_stand(session, event.stops[0], code="A-14")
    registration = make_accepted_registration(session, event=event)
    organizer = api(make_account(session, Role.ORGANIZER))
    url = f"/events/{event.slug}/stops/S1/stands/A-14/holder"
    body = {"registration": show_reference(registration.reference), "reason": "close to the entrance"}
    for _twice in range(2):
        answer = organizer.put(url, json=body)
        assert answer.status_code == 200
        assert answer.get_json()["holder"] == {
            "registration": show_reference(registration.reference),
            "cooperative": show_reference(registration.cooperative.code),
            "names": {"ar": registration.cooperative.name_ar, "fr": registration.cooperative.name_fr},
        }
    for _twice in range(2):
        answer = organizer.put(url, json={"registration": None, "reason": "moved"})
        assert (answer.status_code, answer.get_json()["holder"]) == (200, None)


def test_put_holder_of_held_stand_is_a_conflict_with_words(session: Session, api: Api) -> None:
    event = make_event(session)
    stand = make_stand(session, event.stops[0], code="A-14")
    make_allocation(session, stand, make_accepted_registration(session, event=event))
    other = make_accepted_registration(session, event=event)
    answer = api(make_account(session, Role.ORGANIZER)).put(
        f"/events/{event.slug}/stops/S1/stands/A-14/holder",
        json={"registration": other.reference},
        headers={"Accept-Language": "en"},
    )
    assert answer.status_code == 409
    assert answer.get_json()["detail"] == "Stand A-14 is already allocated."


def test_put_holder_against_the_rules_is_refused(session: Session, api: Api) -> None:
    event = make_event(session)
    make_stand(session, event.stops[0], code="A-14")
    waiting = make_registration(session, event=event)
    organizer = api(make_account(session, Role.ORGANIZER))
    url = f"/events/{event.slug}/stops/S1/stands"
    body = {"registration": waiting.reference, "reason": ""}
    assert organizer.put(f"{url}/A-14/holder", json=body).status_code == 422
    assert organizer.put(f"{url}/Z-99/holder", json=body).status_code == 404
    assert organizer.put(f"{url}/A-14/holder", json={"registration": "22222222"}).status_code == 422
    assert organizer.put(f"{url}/A-14/holder", json={}).status_code == 422

"""The call of the gates."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.accounts.models import Account
from fairapp.audit.domain import Role, ScopeKind
from fairapp.badges.models import Badge, Scan
from fairapp.cooperatives.models import Cooperative
from fairapp.events.models import Event
from tests import NOW
from tests.clients import ApiCaller
from tests.factories.accounts import make_account, make_device
from tests.factories.badges import make_badge
from tests.factories.events import make_running_event

Api = Callable[[Account | None], ApiCaller]


@pytest.fixture
def event(session: Session) -> Event:
    return make_running_event(session)


@pytest.fixture
def badge(session: Session, event: Event) -> Badge:
    return make_badge(session, event=event)


def _scan(code: str, /, **values: Any) -> dict[str, Any]:
    scan = {"id": str(uuid.uuid4()), "stop": "S1", "gate": "main", "code": code, "decided": None}
    return scan | {"scanned_at": NOW.isoformat()} | values


def _path(event: Event) -> str:
    return f"/events/{event.slug}/scans/sync"


def test_gate_device_gets_a_verdict_for_each_scan(
    app: Flask, session: Session, event: Event, badge: Badge
) -> None:
    _device, token = make_device(session, event, stop_id=event.stops[0].id)
    first = _scan(badge.code)
    second = _scan(badge.code, scanned_at="2027-05-20T09:42:00+00:00")
    answer = ApiCaller(app, token).post(
        _path(event), json={"scans": [first, second, _scan("nothing"), first]}
    )

    assert answer.status_code == 200
    assert answer.json is not None
    admitted, again, forged, duplicate = answer.json["results"]
    cooperative = session.scalars(select(Cooperative)).one()
    assert admitted == {
        "id": first["id"],
        "outcome": "admitted",
        "name": "Representative 1",
        "cooperative": cooperative.name_ar,
        "stand": "A-14",
        "first_seen": None,
    }
    assert (again["outcome"], again["first_seen"]) == (
        "already_in",
        {"at": "2027-05-20T09:30:00+00:00", "gate": "main"},
    )
    assert (forged["outcome"], forged["name"], forged["stand"]) == ("forged", None, None)
    assert (duplicate["id"], duplicate["outcome"]) == (first["id"], "duplicate")
    assert session.scalar(select(func.count()).select_from(Scan)) == 3


def test_organizer_and_gate_staff_may_send_scans(
    api: Api, session: Session, event: Event, badge: Badge
) -> None:
    for role in (Role.ORGANIZER, Role.GATE, Role.ADMINISTRATOR):
        answer = api(make_account(session, role)).post(_path(event), json={"scans": [_scan(badge.code)]})
        assert answer.status_code == 200


@pytest.mark.parametrize(
    "role, status", [(None, 401), (Role.COOPERATIVE, 403), (Role.OFFICIAL, 403), (Role.DESK_AGENT, 403)]
)
def test_others_may_not_send_scans(
    api: Api, session: Session, event: Event, badge: Badge, role: Role | None, status: int
) -> None:
    account = make_account(session, role) if role else None
    assert api(account).post(_path(event), json={"scans": [_scan(badge.code)]}).status_code == status
    assert session.scalars(select(Scan)).all() == []


def test_gate_of_another_event_does_not_see_this_one(
    app: Flask, api: Api, session: Session, event: Event, badge: Badge
) -> None:
    other = make_running_event(session)
    _device, token = make_device(session, other)
    account = make_account(session, Role.GATE, ScopeKind.EVENT, event_id=other.id)
    for caller in (ApiCaller(app, token), api(account)):
        assert caller.post(_path(event), json={"scans": [_scan(badge.code)]}).status_code == 404
    assert session.scalars(select(Scan)).all() == []


def test_till_device_may_not_scan(app: Flask, session: Session, event: Event, badge: Badge) -> None:
    _device, token = make_device(session, event, Role.TILL)
    assert ApiCaller(app, token).post(_path(event), json={"scans": [_scan(badge.code)]}).status_code == 403


@pytest.mark.parametrize(
    "values, pointer",
    [
        ({"id": "1"}, "/scans/1/id"),
        ({"id": "f47ac10b-58cc-1372-a567-0e02b2c3d479"}, "/scans/1/id"),
        ({"scanned_at": "yesterday"}, "/scans/1/scanned_at"),
        ({"scanned_at": "2027-05-20T09:30:00"}, "/scans/1/scanned_at"),
        ({"decided": "maybe"}, "/scans/1/decided"),
        ({"code": None}, "/scans/1/code"),
        ({"code": "x" * 5001}, "/scans/1/code"),
        ({"gate": ""}, "/scans/1/gate"),
        ({"stop": "S9"}, "/scans/1/stop"),
    ],
)
def test_bad_scan_is_refused_with_its_pointer(
    api: Api, session: Session, event: Event, badge: Badge, values: dict[str, Any], pointer: str
) -> None:
    body = {"scans": [_scan(badge.code), _scan(badge.code, **values)]}
    answer = api(make_account(session, Role.GATE)).post(_path(event), json=body)
    assert answer.status_code == 422
    assert answer.json is not None
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert session.scalars(select(Scan)).all() == []


@pytest.mark.parametrize("code", ["", "\x00", "\ud800", "٣" * 200, "V" * 120])
def test_any_text_as_code_is_an_answer(api: Api, session: Session, event: Event, code: str) -> None:
    answer = api(make_account(session, Role.GATE)).post(_path(event), json={"scans": [_scan(code)]})
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["results"][0]["outcome"] == "forged"


def test_no_scans_are_no_results(api: Api, session: Session, event: Event) -> None:
    answer = api(make_account(session, Role.GATE)).post(_path(event), json={"scans": []})
    assert (answer.status_code, answer.json) == (200, {"results": []})


def test_idempotency_key_gives_the_first_answer_again(
    api: Api, session: Session, event: Event, badge: Badge
) -> None:
    caller, body = api(make_account(session, Role.GATE)), {"scans": [_scan(badge.code)]}
    headers = {"Idempotency-Key": "one"}
    first = caller.post(_path(event), json=body, headers=headers)
    again = caller.post(_path(event), json=body, headers=headers)
    assert first.json is not None
    assert (again.status_code, again.json) == (200, first.json)
    assert first.json["results"][0]["outcome"] == "admitted"

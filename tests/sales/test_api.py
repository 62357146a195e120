"""The calls of the ledger over HTTP: shape, scope, repeats, and bad entries."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.accounts.models import Account
from fairapp.audit.domain import Role, ScopeKind
from fairapp.foundation.clock import local_date, utc_now
from fairapp.sales.models import DayReport, Sale
from tests.clients import ApiCaller
from tests.factories.accounts import make_account, make_device
from tests.sales.ground import Ground, make_ground

Api = Callable[[Account | None], ApiCaller]


@pytest.fixture
def ground(session: Session) -> Ground:
    ground = make_ground(session)
    today = local_date(utc_now())
    ground.event.stops[0].starts_on = today - timedelta(days=1)
    ground.event.stops[0].ends_on = today + timedelta(days=1)
    session.flush()
    return ground


@pytest.fixture
def organizer(session: Session, ground: Ground, api: Api) -> ApiCaller:
    return api(make_account(session, Role.ORGANIZER, ScopeKind.EVENT, event_id=ground.event.id))


def entry(**changes: Any) -> dict[str, Any]:
    values = {
        "id": str(uuid.uuid4()),
        "stop": "S1",
        "stand": "A-14",
        "sold_at": utc_now().isoformat(),
        "amount": "120.50",
        "payment": "cash",
        "sector": None,
        "product": "عسل",
        "quantity": "1.5",
        "reverses": None,
    }
    return values | changes


def sync_url(ground: Ground) -> str:
    return f"/events/{ground.event.slug}/sales/sync"


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Sale)) or 0


def test_sync_answers_each_entry_in_order_with_the_totals_of_its_day(
    session: Session, ground: Ground, organizer: ApiCaller
) -> None:
    first, second = entry(), entry(amount="30.00", sector="AGR-HONEY")

    answer = organizer.post(
        sync_url(ground),
        json={"sent_at": utc_now().isoformat(), "sales": [first, {"id": "?"}, second, first]},
    )

    assert answer.status_code == 200
    body = answer.get_json()
    assert [(result["id"], result["outcome"]) for result in body["results"]] == [
        (first["id"], "recorded"),
        ("?", "rejected"),
        (second["id"], "recorded"),
        (first["id"], "duplicate"),
    ]
    assert [bool(result["detail"]) for result in body["results"]] == [False, True, False, False]
    today = local_date(utc_now()).isoformat()
    assert body["day_totals"] == [
        {"stop": "S1", "stand": "A-14", "day": today, "sales": 2, "amount": "150.50"}
    ]


@pytest.mark.parametrize(
    "bad",
    [
        {"amount": 120},
        {"amount": "0.00"},
        {"amount": "120.505"},
        {"amount": "10000000.00"},
        {"amount": 10**30},
        {"payment": "cheque"},
        {"stop": "S7"},
        {"stand": "\u0000"},
        {"stand": None},
        {"sold_at": "yesterday"},
        {"sold_at": "2027-05-20T10:00:00"},
        {"sector": "GOLD"},
        {"product": "x" * 121},
        {"product": {"a": ["b"]}},
        {"quantity": "-1"},
        {"id": 5},
        {"id": "\ud800"},
    ],
    ids=str,
)
def test_sync_with_a_bad_entry_rejects_it_alone(
    session: Session, ground: Ground, organizer: ApiCaller, bad: dict[str, Any]
) -> None:
    answer = organizer.post(sync_url(ground), json={"sales": [entry(**bad), entry(), "x", None, []]})

    assert answer.status_code == 200
    outcomes = [result["outcome"] for result in answer.get_json()["results"]]
    assert outcomes == ["rejected", "recorded", "rejected", "rejected", "rejected"]
    assert count(session) == 1


def test_sync_cleans_the_product_of_signs_that_no_text_can_hold(
    session: Session, ground: Ground, organizer: ApiCaller
) -> None:
    answer = organizer.post(sync_url(ground), json={"sales": [entry(product="a\u0000\ud800b")]})

    assert answer.get_json()["results"][0]["outcome"] == "recorded"
    assert session.scalars(select(Sale.product)).one() == "ab"


@pytest.mark.parametrize(
    "body, pointer",
    [
        ({}, "/sales"),
        ({"sales": {}}, "/sales"),
        ({"sales": [{}] * 1001}, "/sales"),
        ({"sales": [], "sent_at": "now"}, "/sent_at"),
    ],
    ids=["no sales", "object as sales", "too many", "bad time"],
)
def test_sync_with_a_bad_body_points_to_it(
    ground: Ground, organizer: ApiCaller, body: Any, pointer: str
) -> None:
    answer = organizer.post(sync_url(ground), json=body)

    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]


def test_sync_with_an_idempotency_key_answers_a_repeat_as_the_first_time(
    session: Session, ground: Ground, organizer: ApiCaller
) -> None:
    body = {"sales": [entry()]}
    headers = {"Idempotency-Key": "till-1"}

    first = organizer.post(sync_url(ground), json=body, headers=headers)
    again = organizer.post(sync_url(ground), json=body, headers=headers)
    other = organizer.post(sync_url(ground), json={"sales": [entry()]}, headers=headers)

    assert first.get_json() == again.get_json()
    assert first.get_json()["results"][0]["outcome"] == "recorded"
    assert other.status_code == 409
    assert count(session) == 1


def test_sync_is_for_sellers_of_the_event(session: Session, ground: Ground, app: Flask, api: Api) -> None:
    cooperative = make_account(
        session,
        Role.COOPERATIVE,
        ScopeKind.COOPERATIVE,
        cooperative_id=ground.registration.cooperative_id,
    )
    stranger = make_account(session, Role.ORGANIZER, ScopeKind.EVENT, event_id=make_ground(session).event.id)
    official = make_account(session, Role.OFFICIAL)
    _device, token = make_device(
        session, ground.event, Role.TILL, stop_id=ground.stand.stop_id, stand_id=ground.stand.id
    )
    callers = {
        "cooperative": api(cooperative),
        "till": ApiCaller(app, token),
        "stranger": api(stranger),
        "official": api(official),
        "nobody": api(None),
    }

    answers = {
        name: caller.post(sync_url(ground), json={"sales": [entry(), entry(stand="B-1")]})
        for name, caller in callers.items()
    }

    assert {name: answer.status_code for name, answer in answers.items()} == {
        "cooperative": 200,
        "till": 200,
        "stranger": 404,
        "official": 403,
        "nobody": 401,
    }
    for name in ("cooperative", "till"):
        outcomes = [result["outcome"] for result in answers[name].get_json()["results"]]
        assert outcomes == ["recorded", "rejected"]
    assert set(session.scalars(select(Sale.device_id))) == {None, _device.id}


def test_till_without_a_stand_serves_its_stop_or_the_event(
    session: Session, ground: Ground, app: Flask
) -> None:
    elsewhere = make_ground(session)
    _device, of_event = make_device(session, ground.event, Role.TILL)
    _device, of_stop = make_device(session, ground.event, Role.TILL, stop_id=ground.stand.stop_id)
    _device, of_other_stop = make_device(session, ground.event, Role.TILL, stop_id=elsewhere.stand.stop_id)

    outcomes = [
        ApiCaller(app, token)
        .post(sync_url(ground), json={"sales": [entry()]})
        .get_json()["results"][0]["outcome"]
        for token in (of_event, of_stop, of_other_stop)
    ]

    assert outcomes == ["recorded", "recorded", "rejected"]


def test_sync_asks_as_often_for_many_entries_as_for_one(
    ground: Ground, organizer: ApiCaller, session: Session
) -> None:
    from sqlalchemy import event as listening

    counts = []
    for size in (1, 300):
        statements: list[str] = []

        def note(_c: Any, _k: Any, statement: str, *_rest: Any, seen: list[str] = statements) -> None:
            seen.append(statement)

        engine = session.connection().engine
        listening.listen(engine, "before_cursor_execute", note)
        organizer.post(sync_url(ground), json={"sales": [entry() for _ in range(size)]})
        listening.remove(engine, "before_cursor_execute", note)
        counts.append(len(statements))

    assert counts[0] == counts[1] > 0


def report(**changes: Any) -> dict[str, Any]:
    values = {
        "id": str(uuid.uuid4()),
        "stop": "S1",
        "stand": "A-14",
        "day": local_date(utc_now()).isoformat(),
        "takings": "0.00",
        "source": "paper",
    }
    return values | changes


def test_day_report_of_zero_is_recorded_once(session: Session, ground: Ground, organizer: ApiCaller) -> None:
    body = report()
    url = f"/events/{ground.event.slug}/day-reports"

    first, again = (organizer.post(url, json=body) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json() == body
    assert session.scalars(select(DayReport.takings_minor)).all() == [0]


@pytest.mark.parametrize(
    "change, status, pointer",
    [
        ({"takings": "-1.00"}, 422, "/takings"),
        ({"takings": 5}, 422, "/takings"),
        ({"stand": "Z-1"}, 422, "/stand"),
        ({"day": "2020-01-01"}, 422, "/day"),
        ({"source": "rumour"}, 422, "/source"),
        ({"id": "1"}, 422, "/id"),
    ],
    ids=str,
)
def test_day_report_with_a_bad_value_points_to_it(
    ground: Ground, organizer: ApiCaller, change: dict[str, Any], status: int, pointer: str
) -> None:
    answer = organizer.post(f"/events/{ground.event.slug}/day-reports", json=report(**change))

    assert answer.status_code == status
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]


def test_day_report_of_a_known_id_with_other_content_is_a_conflict(
    ground: Ground, organizer: ApiCaller
) -> None:
    body = report()
    url = f"/events/{ground.event.slug}/day-reports"
    organizer.post(url, json=body)

    assert organizer.post(url, json=body | {"takings": "1.00"}).status_code == 409

"""The door of every call: decoding, refusing, repeating, paging, describing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.accounts.models import Account, Device
from fairapp.audit.domain import Role
from fairapp.foundation.database import transaction
from fairapp.web.bodies import validated
from fairapp.web.models import IdempotencyRecord
from fairapp.web.paging import take_page
from fairapp.web.problem import InvalidInput
from fairapp.web.schemas import (
    Amount,
    ClientId,
    Code,
    Line,
    LocalDay,
    Moment,
    Note,
    PageQuery,
    Phone,
    Schema,
    Slug,
)
from tests.clients import ApiCaller, give_token
from tests.factories.accounts import make_account
from tests.factories.events import make_event

NEW = {"name": "Gate 1", "role": "gate", "stop": "S1"}
ENGLISH = {"Accept-Language": "en"}


class Everything(Schema):
    """One field of each shared type."""

    amount: Amount | None = None
    phone: Phone | None = None
    day: LocalDay | None = None
    at: Moment | None = None
    id: ClientId | None = None
    code: Code | None = None
    slug: Slug | None = None
    line: Line | None = None
    note: Note | None = None


@pytest.mark.parametrize(
    "name, text, value",
    [
        ("amount", "125.50", 12550),
        ("amount", "0", 0),
        ("amount", "9999999.99", 999_999_999),
        ("phone", "06 12-34.56 78", "+212612345678"),
        ("day", "2027-05-28", date(2027, 5, 28)),
        ("at", "2027-05-28T18:30:00+01:00", datetime(2027, 5, 28, 17, 30, tzinfo=UTC)),
        ("at", "2027-05-28T17:30:00.25Z", datetime(2027, 5, 28, 17, 30, 0, 250_000, tzinfo=UTC)),
        (
            "id",
            "018f4c5e-7b3a-7c4d-8e5f-123456789abc",
            UUID("018f4c5e-7b3a-7c4d-8e5f-123456789abc"),
        ),
        ("code", "A-14", "A-14"),
        ("slug", "khenifra-fair", "khenifra-fair"),
        ("line", "  عسل\u202e \x07 الأطلس\n", "عسل الأطلس"),
        ("note", "", ""),
    ],
)
def test_shared_type_on_the_wire_becomes_one_value(name: str, text: str, value: object) -> None:
    assert getattr(validated(Everything, {name: text}), name) == value


@pytest.mark.parametrize(
    "name, value",
    [
        ("amount", 12),
        ("amount", 12.5),
        ("amount", True),
        ("amount", "12,5"),
        ("amount", "-1"),
        ("amount", "1e3"),
        ("amount", "NaN"),
        ("amount", "12.345"),
        ("amount", "٣"),
        ("amount", "99999999.00"),
        ("phone", "123"),
        ("phone", 612345678),
        ("day", "2027-02-30"),
        ("day", "0000-01-01"),
        ("day", "9999-12-31"),
        ("day", "28/05/2027"),
        ("day", 20270528),
        ("at", "2027-05-28T18:30:00"),
        ("at", "9999-12-31T23:59:59-12:00"),
        ("at", 1800000000),
        ("id", "not a uuid"),
        ("id", "c232ab00-9414-11ec-b3c8-9f6bdeced846"),
        ("code", "a b"),
        ("code", "../../etc"),
        ("code", "A" * 21),
        ("slug", "Khenifra"),
        ("line", "\u200e "),
        ("line", "x" * 201),
        ("note", ["x"]),
    ],
)
def test_shared_type_refuses_what_it_is_not(name: str, value: object) -> None:
    with pytest.raises(InvalidInput) as refusal:
        validated(Everything, {name: value})
    assert [fault.pointer for fault in refusal.value.faults] == [f"/{name}"]


def test_shared_types_are_given_as_the_contract_says() -> None:
    answer = Everything(amount=-12550, at=datetime(2027, 5, 28, 17, 30, tzinfo=UTC), day=date(2027, 5, 28))
    given = answer.model_dump(mode="json", exclude_none=True)
    assert given == {"amount": "-125.50", "at": "2027-05-28T17:30:00+00:00", "day": "2027-05-28"}


@pytest.fixture
def organizer(session: Session, app: Flask) -> ApiCaller:
    return ApiCaller(app, give_token(session, make_account(session, Role.ORGANIZER)))


@pytest.fixture
def devices(session: Session) -> str:
    return f"/events/{make_event(session).slug}/devices"


def _count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Device)) or 0


HOSTILE: dict[str, tuple[bytes, int]] = {
    "empty": (b"", 400),
    "not json": (b"{", 400),
    "not utf-8": (b'{"name":"\xff"}', 400),
    "deep": (b'{"name":' + b"[" * 50_000, 400),
    "deep and closed": (b"[" * 50_000 + b"]" * 50_000, 400),
    "huge integer": (b'{"name":' + b"9" * 6000 + b"}", 400),
    "past 64 bits": (b'{"name":99999999999999999999}', 400),
    "infinite": (b'{"name":1e999}', 400),
    "NaN": (b'{"name":NaN}', 400),
    "name twice": (b'{"name":"a","name":"b","role":"gate"}', 400),
    "list": (b"[]", 422),
    "null": (b"null", 422),
    "NUL": (b'{"name":"a\\u0000","role":"gate"}', 422),
    "half of a pair": (b'{"name":"\\ud800","role":"gate"}', 422),
    "odd name": (b'{"\\udfff":1,"name":"a","role":"gate"}', 422),
    "class": (b'{"__class__":"x","name":{"a":1},"role":"gate"}', 422),
    "1 MB": (b'{"role":"gate","name":"' + b"x" * 1_000_000 + b'"}', 422),
    "3 MB": (b'{"role":"gate","name":"' + b"x" * 3_000_000 + b'"}', 413),
}


@pytest.mark.parametrize("body, status", HOSTILE.values(), ids=HOSTILE)
def test_hostile_body_is_a_problem_and_changes_nothing(
    session: Session, organizer: ApiCaller, devices: str, body: bytes, status: int
) -> None:
    answer = organizer.post(devices, data=body, content_type="application/json")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert _count(session) == 0


@pytest.mark.parametrize(
    "path", ["/events/%00/devices", "/events/x%00", "/events?cursor=%00", "/events?cursor=e30"]
)
def test_hostile_address_is_a_problem(organizer: ApiCaller, path: str) -> None:
    answer = organizer.get(path)
    assert answer.status_code in (200, 404, 422)


def test_body_of_another_type_is_415(organizer: ApiCaller, devices: str) -> None:
    assert organizer.post(devices, data={"name": "x"}).status_code == 415


def test_bad_fields_are_pointed_at_in_the_reader_s_language(organizer: ApiCaller, devices: str) -> None:
    body = {"name": "", "role": "king"}
    in_english = organizer.post(devices, json=body, headers=ENGLISH)
    assert in_english.status_code == 422
    assert in_english.get_json()["errors"] == [
        {"pointer": "/name", "detail": "This is too short."},
        {"pointer": "/role", "detail": "Choose one of: 'gate' or 'till'."},
    ]
    missing = organizer.post(devices, json={"name": "x"}, headers={"Accept-Language": "fr"}).get_json()
    assert missing["errors"][0]["pointer"] == "/role"
    assert missing["errors"][0]["detail"] != "This is missing."


def test_refusal_of_a_rule_is_a_problem_with_its_field(organizer: ApiCaller, devices: str) -> None:
    answer = organizer.post(devices, json=NEW | {"stop": "S9"}, headers=ENGLISH)
    found = answer.get_json()
    assert answer.status_code == 422
    assert {name: found[name] for name in ("type", "status", "detail", "errors")} == {
        "type": "urn:fairapp:problem:stop-unknown",
        "status": 422,
        "detail": "The event has no such stop.",
        "errors": [{"pointer": "/stop", "detail": "The event has no such stop."}],
    }


@pytest.mark.parametrize(
    "method, path, status",
    [
        ("GET", "/nothing", 404),
        ("PATCH", "/events", 405),
        ("POST", "/events", 401),
        ("GET", "/events/nothing", 404),
    ],
)
def test_errors_under_api_are_problems(client: FlaskClient, method: str, path: str, status: int) -> None:
    answer = client.open(f"/api/v1{path}", method=method, json={})
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.get_json()["status"] == status


@pytest.mark.parametrize("header", ["Bearer nothing", "Basic YTpi", "Bearer", "Bearer \x7f"])
def test_unknown_token_is_401_even_where_anyone_may(client: FlaskClient, header: str) -> None:
    answer = client.get("/api/v1/events", headers={"Authorization": header})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="fairapp"')


def test_same_key_gives_the_first_answer_again(session: Session, organizer: ApiCaller, devices: str) -> None:
    key = {"Idempotency-Key": "k-1"}
    first = organizer.post(devices, json=NEW, headers=key)
    again = organizer.post(devices, json=dict(reversed(NEW.items())), headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
    other = organizer.post(devices, json=NEW | {"name": "Gate 2"}, headers=key)
    assert other.status_code == 409
    assert _count(session) == 1


def test_kept_answer_does_not_hold_the_token_in_the_clear(
    session: Session, organizer: ApiCaller, devices: str
) -> None:
    token = organizer.post(devices, json=NEW, headers={"Idempotency-Key": "k"}).get_json()["token"]
    kept = session.scalars(select(IdempotencyRecord)).one()
    assert token not in str(kept.body)


def test_key_of_a_refused_call_may_be_used_again(
    session: Session, organizer: ApiCaller, devices: str
) -> None:
    key = {"Idempotency-Key": "k-2"}
    assert organizer.post(devices, json=NEW | {"stop": "S9"}, headers=key).status_code == 422
    assert organizer.post(devices, json=NEW, headers=key).status_code == 201
    assert _count(session) == 1


def test_key_belongs_to_its_caller(session: Session, app: Flask, devices: str) -> None:
    for _ in range(2):
        caller = ApiCaller(app, give_token(session, make_account(session, Role.ORGANIZER)))
        assert caller.post(devices, json=NEW, headers={"Idempotency-Key": "k"}).status_code == 201
    assert _count(session) == 2


@pytest.mark.parametrize("key", ["", "x" * 256, "é"])
def test_key_that_cannot_be_kept_is_refused(organizer: ApiCaller, devices: str, key: str) -> None:
    assert organizer.post(devices, json=NEW, headers={"Idempotency-Key": key}).status_code == 400


def test_twins_of_a_call_at_once_have_one_effect(committed: Flask) -> None:
    with committed.app_context(), transaction() as session:
        slug = make_event(session).slug
        token = give_token(session, make_account(session, Role.ORGANIZER))
    start = Barrier(6)

    def send(_: int) -> Any:
        start.wait()
        caller = ApiCaller(committed, token)
        return caller.post(f"/events/{slug}/devices", json=NEW, headers={"Idempotency-Key": "k"})

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.get_json()["token"] for answer in answers}) == 1
    with committed.app_context(), transaction() as session:
        assert _count(session) == 1


@pytest.mark.parametrize("descending", [False, True])
def test_pages_give_every_row_once(session: Session, descending: bool) -> None:
    made = sorted(make_account(session, name=f"n{number % 3}").id for number in range(7))
    found: list[tuple[str, int]] = []
    cursor: str | None = None
    for _ in range(4):
        page, cursor = take_page(
            session,
            select(Account),
            keys=(Account.name, Account.created_at, Account.id),
            query=PageQuery(cursor=cursor, limit=2),
            descending=descending,
        )
        found += [(account.name, account.id) for account in page]
    assert cursor is None
    assert sorted(key for _, key in found) == made
    assert found == sorted(found, reverse=descending)


@pytest.mark.parametrize("cursor", ["x", "W10", "WzFd", "bnVsbA", "WyJhIiwiYiIsImMiXQ", "WzEsMiwzXQ", "é"])
def test_cursor_of_another_list_is_refused(session: Session, cursor: str) -> None:
    with pytest.raises(InvalidInput):
        take_page(
            session,
            select(Account),
            keys=(Account.name, Account.created_at, Account.id),
            query=PageQuery(cursor=cursor),
        )


def _references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for part in node.values() for found in _references(part)]
    if isinstance(node, list):
        return [found for part in node for found in _references(part)]
    return []


def test_openapi_names_every_call_and_resolves(app: Flask, client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    described = {
        (method.upper(), path.replace("{", "<").replace("}", ">"))
        for path, operations in document["paths"].items()
        for method in operations
    }
    served = {
        (method, "/" + rule.rule.removeprefix("/api/v1/").replace("<uuid:", "<").replace("<int:", "<"))
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if rule.rule.startswith("/api/v1/") and method not in ("HEAD", "OPTIONS")
    }
    assert served - described == {("GET", "/openapi.json"), ("GET", "/docs")}
    ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(ids) == len(set(ids))
    for reference in set(_references(document)):
        node = document
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_docs_page_shows_every_call_and_loads_nothing_from_elsewhere(
    client: FlaskClient, language: str
) -> None:
    page = client.get("/api/v1/docs", headers={"Accept-Language": language})
    assert page.status_code == 200
    assert "/events/{slug}/sales/sync" in page.text
    assert 'src="http' not in page.text
    assert 'href="http' not in page.text

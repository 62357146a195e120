"""Who may call what (promises B60): every endpoint is in `access.toml`, and answers as it says.

The table is written by hand and knows nothing of `@requires` or PERMISSIONS, so that a change of
either shows here. An endpoint that the table does not name fails.
"""

import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from fairapp.web.access import access_of
from tests.guards.source import ROOT
from tests.guards.world import DEVICES, EVERYONE, GUEST, World, make_world

TABLE: dict[str, Any] = tomllib.loads((ROOT / "tests/guards/access.toml").read_text("utf-8"))
GROUPS: dict[str, str] = TABLE.pop("groups")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
LET_THROUGH = {400, 409, 410, 415, 422, 429}  # the caller may; it is the input that is wrong
KEPT_OF_EVERYONE = {"attempts", "sign_ins", "registration_drafts", "idempotency_records"}
_WRITE = re.compile(r"\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+\"?(\w+)", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """One row of the table."""

    endpoint: str
    method: str
    rule: Rule
    answers: dict[str, str]
    body: dict[str, object]
    arguments: dict[str, str]
    query: dict[str, str]


def rules(app: Flask) -> dict[str, Rule]:
    return {rule.endpoint: rule for rule in app.url_map.iter_rules()}


def entries(app: Flask) -> list[Entry]:
    known = rules(app)
    return [
        Entry(
            endpoint,
            method,
            known[endpoint],
            answers_of(row.get(method, "")),
            row.get("body", {}),
            row.get("arguments", {}),
            row.get("query", {}),
        )
        for endpoint, row in TABLE.items()
        if endpoint in known
        for method in METHODS
        if method in row
    ]


def answers_of(words: str | dict[str, str]) -> dict[str, str]:
    """Return the expected answer by caller; callers that are not named are refused."""
    if words == "anyone":
        return dict.fromkeys(EVERYONE, "ok")
    answers = dict.fromkeys(EVERYONE, "refused") | {GUEST: "unknown"}
    given = {"ok": words} if isinstance(words, str) else words
    for answer, callers in given.items():
        answers |= dict.fromkeys(named(callers), answer)
    return answers


def named(callers: str) -> Iterator[str]:
    """Yield the callers that words and groups name."""
    for word in callers.split():
        if word in GROUPS:
            yield from named(GROUPS[word])
        else:
            assert word in EVERYONE, word
            yield word


def fits(answer: TestResponse, expected: str, *, is_call: bool) -> bool:
    status = answer.status_code
    if expected == "ok":
        return status < 400 or status in LET_THROUGH
    if expected == "unknown" and not is_call:
        return status in (302, 303) and "/sign-in" in answer.location
    if expected == "sent":
        return status in (302, 303)
    return status == {"missing": 404, "refused": 403, "unknown": 401}[expected]


@contextmanager
def recorded_writes(connection: Connection) -> Iterator[list[str]]:
    """Collect the tables that are written to, beside those that count and remember callers."""
    written: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found = _WRITE.match(statement)
        if found and found[1] not in KEPT_OF_EVERYONE:
            written.append(found[1])

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield written
    finally:
        event.remove(connection, "before_cursor_execute", note)


def filled(body: dict[str, object], world: World) -> dict[str, object]:
    """Put the world's values into what is sent."""
    return {
        name: value.format_map(world.values) if isinstance(value, str) else value
        for name, value in body.items()
    }


def path_of(world: World, entry: Entry) -> str:
    names = {name: name for name in entry.rule.arguments} | entry.arguments
    values = {name: world.values[value] for name, value in names.items()}
    with world.app.test_request_context():
        path = world.app.url_map.bind("localhost").build(entry.endpoint, values, method=entry.method)
    query = {name: value.format_map(world.values) for name, value in entry.query.items()}
    return f"{path}?{urlencode(query)}" if query else path


def faults(world: World, connection: Connection, entry: Entry, who: str) -> Iterator[str]:
    path = path_of(world, entry)
    undo = connection.begin_nested()
    with recorded_writes(connection) as written:
        answer = world.call(who, entry.method, path, filled(entry.body, world))
        answer.close()
    undo.rollback()
    expected = entry.answers[who]
    title = f"{who} {entry.method} {entry.endpoint}"
    if not fits(answer, expected, is_call=path.startswith("/api/")):
        yield f"{title}: {answer.status_code} instead of {expected}"
    if "Content-Security-Policy" not in answer.headers:
        yield f"{title}: no policy for scripts"
    if written and (expected != "ok" or entry.method == "GET"):
        yield f"{title}: wrote {sorted(set(written))}"


def test_forms_without_their_token_are_refused(
    app: Flask, session: Session, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world(app, session)
    world.sign_in("administrator")
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    wrong = []
    for entry in entries(app):
        if entry.method == "GET" or entry.rule.rule.startswith("/api/"):
            continue
        who = GUEST if entry.answers[GUEST] == "ok" else "administrator"
        with recorded_writes(connection) as written:
            answer = world.call(who, entry.method, path_of(world, entry), filled(entry.body, world))
        if answer.status_code not in (400, 403) or written:
            wrong.append(f"{entry.endpoint}: {answer.status_code} {written}")
    assert wrong == []


def test_endpoints_all_declare_who_may(app: Flask) -> None:
    assert [endpoint for endpoint in rules(app) if access_of(app, endpoint) is None] == []


def test_endpoints_are_all_in_the_table(app: Flask) -> None:
    served = {
        f"{rule.endpoint} {method}"
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if method in METHODS
    }
    listed = {
        f"{endpoint} {method}" for endpoint, row in TABLE.items() for method in METHODS if method in row
    }
    assert (sorted(served - listed), sorted(listed - served)) == ([], [])


@pytest.mark.timeout(300)
@pytest.mark.parametrize("who", EVERYONE)
def test_access_of_caller_is_what_the_table_says(
    app: Flask, session: Session, connection: Connection, who: str
) -> None:
    world = make_world(app, session)
    world.sign_in(who)
    found = [
        fault
        for entry in entries(app)
        if who not in DEVICES or entry.rule.rule.startswith("/api/")
        for fault in faults(world, connection, entry, who)
    ]
    assert not found, "\n".join(found)

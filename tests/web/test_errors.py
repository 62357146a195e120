"""Error pages and answers to refusals, in the reader's language, without jargon (promises A19)."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import RequestEntityTooLarge

from fairapp import create_app
from fairapp.foundation.errors import Conflict, Forbidden, NotFound, RuleViolation, TooManyAttempts
from fairapp.web.access import NotSignedIn, public
from tests.databases import copy_database, disconnect, drop_database, make_settings

CAUSES: dict[str, Exception] = {
    "sign-in": NotSignedIn(),
    "forbidden": Forbidden(),
    "absent": NotFound(),
    "conflict": Conflict(),
    "rule": RuleViolation(),
    "large": RequestEntityTooLarge(),
    "often": TooManyAttempts(retry_after_s=30),
    "database": OperationalError("SELECT 1", {}, Exception("locked")),
    "bug": ZeroDivisionError("secret detail"),
}


@pytest.fixture(scope="module")
def failing(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application with a page for every failure; it handles errors as in production."""
    folder = tmp_path_factory.mktemp("failing")
    url = copy_database(template, folder)
    app = create_app(make_settings(folder, url))

    def fail(cause: str, **_: str) -> str:
        raise CAUSES[cause]

    app.add_url_rule("/<any(ar,fr,en):lang>/fail/<cause>", "fail", public(fail), methods=["GET", "POST"])
    yield app
    disconnect(app)
    drop_database(url)


@pytest.mark.parametrize(
    "cause, status",
    [
        ("forbidden", 403),
        ("absent", 404),
        ("conflict", 409),
        ("large", 413),
        ("rule", 422),
        ("often", 429),
        ("bug", 500),
        ("database", 503),
    ],
)
@pytest.mark.parametrize("language, word", [("ar", "خطأ:"), ("fr", "Erreur\u00a0:"), ("en", "Error:")])
def test_failure_answers_with_a_page_in_the_language(
    failing: Flask, cause: str, status: int, language: str, word: str
) -> None:
    answer = failing.test_client().get(f"/{language}/fail/{cause}")
    assert answer.status_code == status
    assert f"<title>{word} " in answer.text
    for jargon in ("secret detail", "Traceback", "Internal", "Exception", f">{status}<"):
        assert jargon not in answer.text
    assert "Content-Security-Policy" in answer.headers


def test_address_that_does_not_take_the_method_is_405(failing: Flask) -> None:
    answer = failing.test_client().delete("/fr/help")
    assert (answer.status_code, "GET" in answer.headers["Allow"]) == (405, True)


def test_refusals_tell_when_to_come_back(failing: Flask) -> None:
    client = failing.test_client()
    assert client.get("/ar/fail/often").headers["Retry-After"] == "30"
    assert client.get("/ar/fail/database").headers["Retry-After"] == "10"


def test_page_for_accounts_leads_a_guest_to_the_sign_in_and_back(failing: Flask) -> None:
    answer = failing.test_client().get("/fr/fail/sign-in?page=2")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/fr/sign-in?next=%2Ffr%2Ffail%2Fsign-in%3Fpage%3D2"


@pytest.mark.parametrize(
    "headers, status",
    [
        ({"Origin": "http://localhost"}, 400),
        ({"Sec-Fetch-Site": "same-origin"}, 400),
        ({}, 400),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Authorization": "Bearer x"}, 403),
        ({"Origin": "http://evil.example", "Authorization": "Basic eDp5"}, 403),
    ],
)
def test_post_without_token_or_from_elsewhere_is_refused(
    failing: Flask, headers: dict[str, str], status: int
) -> None:
    answer = failing.test_client().post("/fr/fail/bug", data={"name": "Tifaouine"}, headers=headers)
    assert answer.status_code == status


def test_post_of_our_page_without_token_keeps_what_was_typed(failing: Flask) -> None:
    client = failing.test_client()
    typed = {"name": "Tifaouine <b>", "password": "hidden", "reason_code": "rank", "csrf_token": "old"}
    answer = client.post("/fr/fail/rule", data=typed, headers={"Origin": "http://localhost"})
    assert "Tifaouine &lt;b&gt;</textarea>" in answer.text
    assert "rank</textarea>" in answer.text
    assert "hidden</textarea>" not in answer.text
    token = answer.text.split('name="csrf_token" value="')[1].split('"')[0]
    again = client.post("/fr/fail/rule", data={"csrf_token": token}, headers={"Origin": "http://localhost"})
    assert again.status_code == 422  # it reached the page


def test_post_from_an_unknown_page_without_token_repeats_nothing(failing: Flask) -> None:
    answer = failing.test_client().post("/fr/fail/rule", data={"name": "Tifaouine"})
    assert (answer.status_code, "Tifaouine" in answer.text) == (400, False)


def test_guest_sees_no_place_of_others(client: FlaskClient, connection: Connection) -> None:
    page = client.get("/ar/").text
    for path in ("/ar/organizer/", "/ar/admin/", "/ar/official/", "/ar/cooperative/", "/ar/gate"):
        assert f'href="{path}"' not in page

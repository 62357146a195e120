"""What every answer carries: headers, caching, compression, languages, request id."""

import gzip
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fairapp import create_app
from fairapp.foundation.database import db
from tests.databases import make_settings
from tests.factories.events import make_event

ADDRESSES = ["/", "/healthz", "/ar/", "/fr/help", "/fr/nothing", "/static/css/fairapp.css", "/api/v1/nothing"]


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_answer_carries_the_security_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        headers = answer.headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert {name: policy[name] for name in ("default-src", "script-src", "style-src", "object-src")} == {
        "default-src": "'self'",
        "script-src": "'self'",
        "style-src": "'self'",
        "object-src": "'none'",
    }
    assert (policy["base-uri"], policy["frame-ancestors"], policy["form-action"]) == (
        "'none'",
        "'none'",
        "'self'",
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Permissions-Policy"].startswith("camera=(), ")
    assert len(headers["X-Request-ID"]) == 16
    assert "Strict-Transport-Security" not in headers  # plain http


def test_camera_is_allowed_on_the_gate_page_only(client: FlaskClient) -> None:
    assert client.get("/ar/gate").headers["Permissions-Policy"].startswith("camera=(self), ")
    assert client.get("/ar/gates").headers["Permissions-Policy"].startswith("camera=(), ")


@pytest.mark.parametrize(
    "accepts, location",
    [
        ("fr-FR,fr;q=0.9,en;q=0.5", "/fr/"),
        ("fr-MA,ar;q=0.5", "/fr/"),
        ("es,en-US;q=0.7,ar;q=0.3", "/en/"),
        ("fr;q=0,*", "/ar/"),
        ("en-GB", "/en/"),
        ("es", "/ar/"),
        ("", "/ar/"),
        ("ar-MA", "/ar/"),
    ],
)
def test_root_leads_to_the_language_of_the_browser(client: FlaskClient, accepts: str, location: str) -> None:
    answer = client.get("/", headers={"Accept-Language": accepts})
    assert (answer.status_code, answer.headers["Location"]) == (302, location)


@pytest.mark.parametrize(
    "path, html",
    [
        ("/ar/", '<html lang="ar-MA" dir="rtl">'),
        ("/fr/", '<html lang="fr" dir="ltr">'),
        ("/en/nothing", '<html lang="en" dir="ltr">'),
    ],
)
def test_page_tells_its_language_and_direction(client: FlaskClient, path: str, html: str) -> None:
    assert html in client.get(path).text


def test_guest_page_sets_no_cookie_and_is_confirmed_by_304(client: FlaskClient) -> None:
    first = client.get("/ar/")
    assert "Set-Cookie" not in first.headers
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = client.get("/ar/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_text_is_compressed_for_those_who_take_it(client: FlaskClient) -> None:
    plain = client.get("/ar/")
    packed = client.get("/ar/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_asset_with_its_hash_is_kept_for_a_year_and_asked_again_without(
    app: Flask, client: FlaskClient
) -> None:
    with app.test_request_context():
        url = app.extensions["assets"].url("css/fairapp.css")
    kept = {}
    for address in (url, "/static/css/fairapp.css", "/static/css/fairapp.css?v=old"):
        with client.get(address) as answer:
            kept[address] = answer.headers["Cache-Control"]
    assert kept == {
        url: "public, max-age=31536000, immutable",
        "/static/css/fairapp.css": "public, no-cache",
        "/static/css/fairapp.css?v=old": "public, no-cache",
    }


def test_links_to_other_languages_keep_the_page(client: FlaskClient, session: Session) -> None:
    event = make_event(session)
    page = client.get(f"/ar/events/{event.slug}?a=1").text
    assert f'href="/fr/events/{event.slug}?a=1" lang="fr" hreflang="fr"' in page
    assert f'href="/en/events/{event.slug}?a=1" lang="en" hreflang="en"' in page


def test_https_brings_secure_cookies_and_hsts(app: Flask, tmp_path: Any) -> None:
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    secure = create_app(
        make_settings(tmp_path, url).model_copy(update={"public_url": "https://fairs.example"})
    )
    try:
        assert secure.config["SESSION_COOKIE_NAME"] == "__Host-fairapp"
        assert secure.config["SESSION_COOKIE_SECURE"] is True
        answer = secure.test_client().get("/healthz")
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    finally:
        with secure.app_context():
            db.engine.dispose()


def test_host_that_is_not_trusted_is_refused(app: Flask, tmp_path: Any) -> None:
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    strict = create_app(make_settings(tmp_path, url).model_copy(update={"trusted_hosts": ["fairs.example"]}))
    try:
        client = strict.test_client()
        assert client.get("/healthz", base_url="http://fairs.example").status_code == 200
        refused = client.get("/ar/", base_url="http://evil.example")
        assert refused.status_code == 400
        assert "evil.example" not in refused.text
    finally:
        with strict.app_context():
            db.engine.dispose()


@pytest.mark.parametrize("path", ["/ar/", "/fr/help", "/en/privacy", "/ar/accessibility", "/fr/nothing"])
def test_page_has_no_inline_script_or_style(client: FlaskClient, path: str) -> None:
    page = client.get(path).text
    assert ("<script" in page, " style=" in page, "<style" in page, "http://" in page) == (False,) * 4

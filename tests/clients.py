"""Callers of the application: a browser's requests, and an outside client of the API."""

from typing import Any

from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from fairapp.accounts.models import Account, ApiToken
from fairapp.foundation.ids import new_token, token_hash
from tests import NOW
from tests.factories.accounts import PASSWORD

BEARER = "Bearer "


class PageClient(FlaskClient):
    """A browser without scripts.

    Refuses to run inside an application context: requests would share it, and with it the
    language and the actor of the first one.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Make a request."""
        if has_app_context():
            raise RuntimeError("call the client outside of app.app_context()")
        return super().open(*args, **kwargs)


class ApiCaller:
    """An outside client: calls `/api/v1` with the bearer token of an account or a device."""

    def __init__(self, app: Flask, token: str | None = None) -> None:
        self._client = app.test_client()
        self.headers = {"Authorization": BEARER + token} if token else {}

    def call(
        self, method: str, path: str, headers: dict[str, str] | None = None, **options: Any
    ) -> TestResponse:
        """Make a call by any method."""
        full = path if path.startswith("/api/") else f"/api/v1{path}"
        return self._client.open(full, method=method, headers=self.headers | (headers or {}), **options)

    def get(self, path: str, headers: dict[str, str] | None = None, **options: Any) -> TestResponse:
        """Read."""
        return self.call("GET", path, headers, **options)

    def post(self, path: str, headers: dict[str, str] | None = None, **options: Any) -> TestResponse:
        """Ask for a change; give the body as `json=`."""
        return self.call("POST", path, headers, **options)

    def put(self, path: str, headers: dict[str, str] | None = None, **options: Any) -> TestResponse:
        """Set something; give the body as `json=`."""
        return self.call("PUT", path, headers, **options)

    def delete(self, path: str, headers: dict[str, str] | None = None, **options: Any) -> TestResponse:
        """Take something away."""
        return self.call("DELETE", path, headers, **options)


def give_token(session: Session, account: Account) -> str:
    """Store an API token for an account and return its text."""
    token = new_token()
    session.add(ApiToken(account_id=account.id, token_hash=token_hash(token), created_at=NOW))
    session.flush()
    return token


def sign_in(client: FlaskClient, account: Account, *, password: str = PASSWORD) -> FlaskClient:
    """Sign in through the page, as a person does, and return the same client."""
    answer = client.post("/en/sign-in", data={"identifier": account.email, "password": password})
    if answer.status_code not in (302, 303):
        raise AssertionError(f"sign-in answered {answer.status_code}")
    return client

"""Public pages answered from memory while nothing was changed.

Every change of an event is an act in a chain of the audit record, made in the transaction of
the change. So the sum of the chains' sequences tells in one small read whether a page that
was rendered before still holds; it is never out of date.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, request
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import db

MOST_PAGES = 500
_ACTS = "SELECT coalesce(sum(sequence), 0), count(*) FROM audit_chains"
_ASKED = "fairapp.kept_version"
_NOT_KEPT = frozenset({"x-request-id", "set-cookie"})
F = TypeVar("F", bound=Callable[..., Any])
Environ = dict[str, Any]
Version = tuple[int, int, date]


@dataclass(frozen=True, slots=True)
class _Page:
    version: Version
    headers: list[tuple[str, str]]
    etag: str | None
    body: bytes


def kept_while_unchanged(view: F) -> F:
    """Let a guest's page be kept as long as no act is recorded and the day is the same.

    For views whose page depends on the path, its query and what is audited, on nothing else.
    """

    @wraps(view)
    def answer(**values: object) -> Any:
        request.environ[_ASKED] = True
        return view(**values)

    return answer  # type: ignore[return-value] # wraps keeps the signature


class KeptPages:
    """WSGI middleware in front of the application: answers what is kept, keeps what it may."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._inner = app.wsgi_app
        self._reader: Engine | None = None
        self._pages: OrderedDict[tuple[str, ...], _Page] = OrderedDict()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        if not _is_guests_read(environ):
            return self._inner(environ, start_response)
        key = _key(environ)
        version = self._version()
        page = self._pages.get(key)
        if page is not None and page.version == version:
            return _serve(page, environ, start_response)
        return self._render(key, version, environ, start_response)

    def _version(self) -> Version | None:
        try:
            with self._engine().connect() as connection:
                acts, chains = connection.exec_driver_sql(_ACTS).one()
        except SQLAlchemyError:
            return None  # the page itself says what is wrong
        return int(acts), int(chains), local_date(utc_now())

    def _engine(self) -> Engine:
        # One statement needs no transaction around it: on PostgreSQL that saves two round trips.
        if self._reader is None:
            with self._app.app_context():
                self._reader = db.engine.execution_options(isolation_level="AUTOCOMMIT")
        return self._reader

    def _render(
        self,
        key: tuple[str, ...],
        version: Version | None,
        environ: Environ,
        start_response: Callable[..., Any],
    ) -> Iterable[bytes]:
        """Let the application answer, and keep the answer when its view allows it."""
        told: list[tuple[str, list[tuple[str, str]]]] = []

        def listen(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            told.append((status, headers))
            return start_response(status, headers, exc_info)

        answer = self._inner(environ, listen)
        if version is None or _ASKED not in environ or not told or not told[-1][0].startswith("200"):
            return answer
        try:
            body = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        headers = told[-1][1]
        if not any(name.lower() == "set-cookie" for name, _value in headers):
            self._keep(key, version, headers, body)
        return [body]

    def _keep(
        self, key: tuple[str, ...], version: Version, headers: list[tuple[str, str]], body: bytes
    ) -> None:
        lasting = [(name, value) for name, value in headers if name.lower() not in _NOT_KEPT]
        etag = next((value for name, value in lasting if name.lower() == "etag"), None)
        self._pages[key] = _Page(version, lasting, etag, body)
        while len(self._pages) > MOST_PAGES:
            self._pages.popitem(last=False)


def _is_guests_read(environ: Environ) -> bool:
    return (
        environ["REQUEST_METHOD"] == "GET"
        and "HTTP_COOKIE" not in environ
        and "HTTP_AUTHORIZATION" not in environ
        and not environ["PATH_INFO"].startswith(("/static/", "/api/", "/healthz", "/readyz", "/metrics"))
    )


def _key(environ: Environ) -> tuple[str, ...]:
    takes_gzip = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
    return (
        environ.get("HTTP_HOST", ""),
        environ["PATH_INFO"],
        environ.get("QUERY_STRING", ""),
        "gzip" if takes_gzip else "",
    )


def _serve(page: _Page, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    if page.etag is not None and environ.get("HTTP_IF_NONE_MATCH") == page.etag:
        headers = [(name, value) for name, value in page.headers if not name.lower().startswith("content-")]
        start_response("304 NOT MODIFIED", headers)
        return []
    start_response("200 OK", page.headers)
    return [page.body]


def keep_pages(app: Flask) -> None:
    """Put the kept pages in front of an application that serves people."""
    app.wsgi_app = KeptPages(app)  # type: ignore[method-assign] # the documented way

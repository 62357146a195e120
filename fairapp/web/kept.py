"""Public pages answered from memory while nothing was changed.

Every change of an event is an act in a chain of the audit record, made in the transaction of
the change. So the sum of the chains' sequences tells in one small read whether a page that
was rendered before still holds; it is never out of date.
"""

import gzip
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any, TypeVar

from flask import Response, current_app, g, make_response, request
from sqlalchemy import text

from fairapp.audit.domain import GUEST
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import db
from fairapp.web.access import current_actor

MOST_PAGES = 500
_ACTS = text("SELECT coalesce(sum(sequence), 0), count(*) FROM audit_chains")
_HTML = "text/html; charset=utf-8"
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class _Page:
    version: tuple[int, int]
    day: date
    plain: bytes
    gzipped: bytes
    etag: str


def kept_while_unchanged(view: F) -> F:
    """Answer a guest's page from memory as long as no act was recorded and the day is the same.

    For views whose page depends on the path, its query and what is audited, on nothing else.
    """

    @wraps(view)
    def answer(**values: object) -> Response:
        if request.method not in ("GET", "HEAD") or current_actor() != GUEST or request.cookies:
            return make_response(view(**values))
        pages: OrderedDict[str, _Page] = current_app.extensions.setdefault("kept_pages", OrderedDict())
        key = f"{request.host}{request.full_path}"
        version, day = _version(), local_date(utc_now())
        page = pages.get(key)
        if page is None or (page.version, page.day) != (version, day):
            response = make_response(view(**values))
            if response.status_code != 200 or "csrf_token" in g or not response.is_sequence:
                return response
            page = _keep(pages, key, response, version, day)
        return _serve(page)

    return answer  # type: ignore[return-value] # wraps keeps the signature


def _version() -> tuple[int, int]:
    with db.engine.connect() as connection:
        acts, chains = connection.execute(_ACTS).one()
    return int(acts), int(chains)


def _keep(
    pages: "OrderedDict[str, _Page]", key: str, response: Response, version: tuple[int, int], day: date
) -> _Page:
    plain = response.get_data()
    response.add_etag(weak=True)
    page = _Page(version, day, plain, gzip.compress(plain, 6, mtime=0), response.get_etag()[0] or "")
    pages[key] = page
    if len(pages) > MOST_PAGES:
        pages.popitem(last=False)
    return page


def _serve(page: _Page) -> Response:
    takes_gzip = request.accept_encodings["gzip"] > 0
    response = Response(page.gzipped if takes_gzip else page.plain, content_type=_HTML)
    if takes_gzip:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(page.etag, weak=True)
    return response

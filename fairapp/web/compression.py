"""Small answers: gzip of text, and 304 where the reader already has the page (promises A5)."""

import gzip

from flask import Flask, Response, g, request

from fairapp.audit.domain import GUEST
from fairapp.web.access import current_actor

_LEAST_BYTES = 1024
_LEVEL = 6
_TEXT = ("text/", "application/json", "application/problem+json", "application/ld+json", "image/svg+xml")
_SCRIPTS = ("application/javascript", "application/manifest+json", "application/xml")
_MOST_KEPT = 64
_kept: dict[tuple[str, str], bytes] = {}


def compress(response: Response) -> Response:
    """Return the answer gzipped, if the reader takes it and it is worth it."""
    response.vary.add("Accept-Encoding") if _is_text(response) else None
    if (
        not _is_text(response)
        or response.status_code in (204, 206, 304)
        or "Content-Encoding" in response.headers
        or request.accept_encodings["gzip"] <= 0
        or (response.is_streamed and not response.direct_passthrough)
    ):
        return response
    response.direct_passthrough = False
    source = response.response
    body = response.get_data()
    if callable(close := getattr(source, "close", None)):
        close()  # of a file that was read whole just now
    if len(body) < _LEAST_BYTES:
        return response
    response.set_data(_gzipped(response, body))
    response.headers["Content-Encoding"] = "gzip"
    if (etag := response.get_etag()[0]) is not None:
        response.set_etag(etag, weak=True)
    return response


def _is_text(response: Response) -> bool:
    return (response.mimetype or "").startswith(_TEXT + _SCRIPTS)


def _gzipped(response: Response, body: bytes) -> bytes:
    # Static files are compressed once a process; their ETag tells versions apart.
    if request.endpoint != "static":
        return gzip.compress(body, _LEVEL, mtime=0)
    key = (request.path, response.get_etag()[0] or "")
    if key not in _kept:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[key] = gzip.compress(body, 9, mtime=0)
    return _kept[key]


def add_validator(response: Response) -> Response:
    """Give a guest's page an ETag, and answer 304 where it has not changed.

    Pages with a form hold a token that differs each time; they get none.
    """
    if (
        request.method in ("GET", "HEAD")
        and response.status_code == 200
        and response.mimetype == "text/html"
        and not response.is_streamed
        and "csrf_token" not in g
        and current_actor() == GUEST
    ):
        response.add_etag(weak=True)
        response.make_conditional(request)
    return response


def init_compression(app: Flask) -> None:
    """Compress answers and answer 304; runs after all that changes the body."""
    app.after_request(compress)
    app.after_request(add_validator)

"""Refusals and faults of calls as RFC 9457 `application/problem+json`, in one place."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flask import Response, current_app, request
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from fairapp.foundation.errors import Conflict, Forbidden, NotFound, Refusal, RuleViolation, TooManyAttempts
from fairapp.foundation.text import N_
from fairapp.web.access import NotSignedIn
from fairapp.web.logs import request_id

API_PREFIX = "/api/"
MEDIA_TYPE = "application/problem+json"
TRY_AGAIN_AFTER_S = 2

TITLES = {
    400: N_("The request cannot be read."),
    401: N_("Sign in to continue."),
    403: N_("Your account may not do this."),
    404: N_("There is nothing here."),
    405: N_("This address does not take this method."),
    409: N_("This conflicts with what is already there."),
    413: N_("The request is too large."),
    415: N_("The content type is not supported."),
    422: N_("Some values are not right."),
    429: N_("Too many attempts. Wait a few minutes, then try again."),
    500: N_("Something went wrong on our side."),
    503: N_("The service is busy. Try again in a moment."),
}
_STATUSES: tuple[tuple[type[Refusal], int], ...] = (
    (NotSignedIn, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (RuleViolation, 422),
    (TooManyAttempts, 429),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one place of a request: a JSON pointer and a sentence with its values."""

    pointer: str
    message: str
    values: Mapping[str, object] = field(default_factory=dict)


class UnreadableRequest(Refusal):
    """The request is not what its headers promise (400)."""

    message = N_("The body is not JSON that can be read.")


class UnsupportedMedia(Refusal):
    """The body is not sent as JSON (415)."""

    message = N_("Send the body as JSON, with the content type application/json.")


class InvalidInput(RuleViolation):
    """The request has the wrong shape; `faults` says where (422)."""

    message = N_("Some values are not right.")

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__()
        self.faults = tuple(faults)


def is_api_request() -> bool:
    """Tell whether the request is a call, so that its errors are problems and not pages."""
    return request.path.startswith(API_PREFIX)


def status_of(refusal: Refusal) -> int:
    """Return the HTTP status of a refusal."""
    if isinstance(refusal, UnreadableRequest):
        return 400
    if isinstance(refusal, UnsupportedMedia):
        return 415
    return next((status for kind, status in _STATUSES if isinstance(refusal, kind)), 422)


def as_problem(error: Exception) -> Response:
    """Return the problem document of a refusal, an HTTP error (a bug is one too) or a busy database."""
    if isinstance(error, Refusal):
        return _refusal(error)
    if isinstance(error, HTTPException) and error.code is not None:
        return _http_error(error)
    current_app.logger.warning("database busy or away", exc_info=error)
    return problem(503, detail=_(TITLES[503]), headers={"Retry-After": str(TRY_AGAIN_AFTER_S)})


def problem(
    status: int,
    *,
    detail: str,
    kind: str = "about:blank",
    faults: Iterable[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a problem document; `kind` is the `type` that a program may tell cases apart by."""
    body: dict[str, object] = {
        "type": kind,
        "title": _(TITLES[status]) if status in TITLES else detail,
        "status": status,
        "detail": detail,
    }
    if errors := [{"pointer": fault.pointer, "detail": _said(fault)} for fault in faults]:
        body["errors"] = errors
    if found := request_id():
        body["instance"] = f"urn:fairapp:request:{found}"
    response = Response(json.dumps(body, ensure_ascii=False), status, mimetype=MEDIA_TYPE)
    response.headers.extend(headers or {})
    return response


def kind_of(refusal: type[Refusal]) -> str:
    """Return the `type` of a refusal's problem, `urn:fairapp:problem:stand-taken`."""
    words = re.sub(r"(?<!^)(?=[A-Z])", "-", refusal.__name__).lower()
    return f"urn:fairapp:problem:{words}"


def _said(fault: Fault) -> str:
    return str(_(fault.message, **fault.values))


def _refusal(refusal: Refusal) -> Response:
    status = status_of(refusal)
    detail = str(_(refusal.message, **refusal.values))
    faults: tuple[Fault, ...] = ()
    headers = {}
    if isinstance(refusal, InvalidInput):
        faults = refusal.faults
    elif refusal.field is not None:
        faults = (Fault("/" + refusal.field.replace(".", "/"), refusal.message, refusal.values),)
    if isinstance(refusal, TooManyAttempts):
        headers["Retry-After"] = str(refusal.retry_after_s)
    if isinstance(refusal, NotSignedIn):
        headers["WWW-Authenticate"] = 'Bearer realm="fairapp"'
    return problem(status, detail=detail, kind=kind_of(type(refusal)), faults=faults, headers=headers)


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return Response(status=status, headers=dict(error.get_headers()))
    title = TITLES.get(status)
    kept = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    return problem(status, detail=_(title) if title else (error.name or ""), headers=kept)

"""The door of every call of the API: decode, one transaction, one service, encode.

    @api.post("/events")
    @requires("events.manage")
    @call(body=NewEvent, answer=EventView, status=201, summary="Create an event")
    def create_event(session: Session, body: NewEvent) -> EventView: ...

Shared types (`Schema`, `Amount`, `Phone`, `LocalDay`, `Moment`, `Code`, `ClientId`, `Page`) are
in `web.schemas`; lists page by page are made with `take_page` of `web.paging`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Response, current_app, request
from pydantic import BaseModel
from sqlalchemy.orm import Session

from config import Settings
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import NotFound
from fairapp.web.access import current_actor
from fairapp.web.bodies import read_json, read_query, validated
from fairapp.web.idempotency import (
    HEADER,
    Claim,
    FirstAnswer,
    checked_key,
    first_answer,
    hash_request,
    keep_answer,
)

JSON = "application/json"
NO_CONTENT = 204
READS = frozenset({"GET", "HEAD", "OPTIONS"})
Handler = Callable[..., Any]
View = Callable[..., Response]
_Handler = TypeVar("_Handler", bound=Handler)


@dataclass(frozen=True, slots=True)
class CallSpec:
    """What a call takes and gives; the OpenAPI document is made from it."""

    handler: Handler
    summary: str
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    answer: type[BaseModel] | None
    status: int
    media_type: str
    secret: bool
    read: Callable[[], Any]

    @property
    def description(self) -> str:
        """The docstring of the handler."""
        return (self.handler.__doc__ or "").strip()


def call(
    *,
    summary: str,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    answer: type[BaseModel] | None = None,
    status: int = 200,
    media_type: str = JSON,
    secret: bool = False,
    read: Callable[[], Any] = read_json,
) -> Callable[[Handler], View]:
    """Make a view of a handler `(session, [body], [query], **url_values)`.

    Reads get the session of the request; everything else one `transaction()`, in which the
    answer to an `Idempotency-Key` is kept too. With `answer=None` the handler returns a
    response itself, of `media_type`. `secret` marks an answer with a token in it.
    `read` decodes the body (`read_entries` where entries are checked one by one).
    """

    def declare(handler: Handler) -> View:
        spec = CallSpec(handler, summary, body, query, answer, status, media_type, secret, read)

        @wraps(handler)
        def view(**url_values: Any) -> Response:
            if any("\x00" in str(value) for value in url_values.values()):
                raise NotFound()  # nothing has such a name, and PostgreSQL would not even look
            if request.method in READS:
                return _encode(spec, handler(reading(), *_arguments(spec, None), **url_values))
            return _change(spec, url_values)

        view.call = spec  # type: ignore[attr-defined] # read by openapi and the guard tests
        return view

    return declare


def next_url(cursor: str | None) -> str | None:
    """Return the address of the next page of the list that is being answered."""
    if cursor is None:
        return None
    values = [(name, value) for name, value in request.args.items(multi=True) if name != "cursor"]
    return f"{request.base_url}?{urlencode([*values, ('cursor', cursor)])}"


def _arguments(spec: CallSpec, document: Any) -> list[Any]:
    arguments: list[Any] = []
    if spec.body is not None:
        arguments.append(validated(spec.body, document))
    if spec.query is not None:
        arguments.append(read_query(spec.query))
    return arguments


def _change(spec: CallSpec, url_values: dict[str, Any]) -> Response:
    key = checked_key(request.headers.get(HEADER))
    document = spec.read() if spec.body is not None else None
    arguments = _arguments(spec, document)
    with transaction() as session:
        if key is None:
            return _encode(spec, spec.handler(session, *arguments, **url_values))
        return _change_once(session, spec, _claim(key, document), arguments, url_values)


def _change_once(
    session: Session, spec: CallSpec, claim: Claim, arguments: list[Any], url_values: dict[str, Any]
) -> Response:
    if first := first_answer(session, claim, now=utc_now()):
        response = _json(first.body, first.status)
        response.headers["Idempotency-Replayed"] = "true"
        return response
    answer = _encode(spec, spec.handler(session, *arguments, **url_values))
    kept = FirstAnswer(answer.status_code, answer.get_json() or {})
    keep_answer(session, claim, kept, seal=spec.secret)
    return answer


def _claim(key: str, document: Any) -> Claim:
    actor = current_actor()
    number = actor.account_id if actor.account_id is not None else actor.device_id
    settings: Settings = current_app.extensions["settings"]
    secrets = (settings.secret_key, *settings.secret_key_fallbacks)
    return Claim(
        caller=f"{actor.kind}:{number}",
        key=key,
        request_hash=hash_request(request.method, request.path, document),
        secrets=tuple(secret.get_secret_value() for secret in secrets),
    )


def _encode(spec: CallSpec, result: Any) -> Response:
    if spec.answer is None:
        response: Response = result
        return response
    if not isinstance(result, spec.answer):
        result = spec.answer.model_validate(result)
    return Response(result.model_dump_json(by_alias=True), spec.status, mimetype=JSON)


def _json(body: dict[str, Any], status: int) -> Response:
    if status == NO_CONTENT:
        return Response(status=status)
    return Response(json.dumps(body, ensure_ascii=False, separators=(",", ":")), status, mimetype=JSON)

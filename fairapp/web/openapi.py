"""The OpenAPI 3.1 document, made from the calls themselves."""

import re
from collections.abc import Iterable
from typing import Any

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from fairapp.audit.domain import PERMISSIONS
from fairapp.web.access import PUBLIC, access_of
from fairapp.web.calls import JSON, READS, CallSpec
from fairapp.web.idempotency import HEADER, LONGEST_KEY
from fairapp.web.problem import MEDIA_TYPE, TITLES

References = dict[Any, dict[str, Any]]  # by (model, mode), as pydantic keys them
VERSION = "1"
PREFIX = "/api/v1"
_REF = "#/components/schemas/{model}"
_URL_VALUE = re.compile(r"<(?:(?P<converter>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)>")
_KINDS = {
    "uuid": {"type": "string", "format": "uuid"},
    "int": {"type": "integer", "minimum": 0},
}
_PROBLEMS_OF_READS = (404, 422, 429, 500, 503)
_PROBLEMS_OF_CHANGES = (400, 404, 409, 413, 415, 422, 429, 500, 503)
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457. The sentences follow Accept-Language: ar, fr or en.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "`about:blank`, or a name that stays the same."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "The id of the request, as in our logs."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}


def openapi_document(app: Flask, *, server: str) -> dict[str, Any]:
    """Return the document of all calls under /api/v1, in the order of their paths."""
    rules = sorted(_rules(app), key=lambda rule: rule.rule)
    references, schemas = _schemas(app, rules)
    paths: dict[str, dict[str, Any]] = {}
    for rule in rules:
        path = _URL_VALUE.sub(r"{\g<name>}", rule.rule.removeprefix(PREFIX))
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(path, {})[method.lower()] = _operation(app, rule, method, references, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "fairapp",
            "version": VERSION,
            "description": "Registrations, stands, badges, sales and turnover of market fairs. Amounts are "
            "decimal strings in dirhams, days are local to Africa/Casablanca, times carry their offset.",
        },
        "servers": [{"url": server.rstrip("/") + PREFIX}],
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Problem": _PROBLEM},
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token of an account or of an enrolled device.",
                }
            },
            "responses": {f"problem_{status}": _problem_response(status) for status in TITLES},
        },
    }


def spec_of(app: Flask, rule: Rule) -> CallSpec | None:
    """Return what a rule's call takes and gives; None for what is not a call."""
    return getattr(app.view_functions[rule.endpoint], "call", None)


def _rules(app: Flask) -> Iterable[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.rule.startswith(PREFIX) and spec_of(app, rule)]


def _schemas(app: Flask, rules: Iterable[Rule]) -> tuple[References, dict[str, Any]]:
    wanted: dict[tuple[type[BaseModel], Any], None] = {}
    for rule in rules:
        spec = spec_of(app, rule)
        assert spec is not None
        for model in (spec.body, spec.query):
            if model is not None:
                wanted[(model, "validation")] = None
        if spec.answer is not None:
            wanted[(spec.answer, "serialization")] = None
    references, document = models_json_schema(list(wanted), ref_template=_REF)
    return dict(references), document.get("$defs", {})


def _operation(
    app: Flask, rule: Rule, method: str, references: References, schemas: dict[str, Any]
) -> dict[str, Any]:
    spec = spec_of(app, rule)
    assert spec is not None
    operation: dict[str, Any] = {
        "operationId": rule.endpoint.replace("_api.", "."),
        "tags": [rule.endpoint.partition("_api.")[0]],
        "summary": spec.summary,
        "description": _description(app, rule, spec),
        "parameters": [
            *_url_parameters(rule),
            *_query_parameters(spec, references, schemas),
            *_header_parameters(method),
        ],
        "responses": _responses(app, rule, method, spec, references),
        "security": [] if access_of(app, rule.endpoint) == PUBLIC else [{"bearer": []}],
    }
    if spec.body is not None:
        schema = references[(spec.body, "validation")]
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    return operation


def _description(app: Flask, rule: Rule, spec: CallSpec) -> str:
    action = access_of(app, rule.endpoint)
    if action is None or action == PUBLIC:
        return f"{spec.description}\n\nOpen to everyone.".strip()
    roles = ", ".join(sorted(role.value for role in PERMISSIONS[action]))
    return f"{spec.description}\n\nFor: {roles}, within their scope.".strip()


def _url_parameters(rule: Rule) -> list[dict[str, Any]]:
    return [
        {
            "name": found["name"],
            "in": "path",
            "required": True,
            "schema": _KINDS.get(found["converter"] or "", {"type": "string"}),
        }
        for found in _URL_VALUE.finditer(rule.rule)
    ]


def _query_parameters(
    spec: CallSpec, references: References, schemas: dict[str, Any]
) -> list[dict[str, Any]]:
    if spec.query is None:
        return []
    schema = schemas[references[(spec.query, "validation")]["$ref"].rpartition("/")[2]]
    needed = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in needed, "schema": described}
        for name, described in schema.get("properties", {}).items()
    ]


def _header_parameters(method: str) -> list[dict[str, Any]]:
    if method in READS:
        return []
    schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY}
    said = "The same key with the same body gives the first answer again, with another body 409."
    return [{"name": HEADER, "in": "header", "required": False, "description": said, "schema": schema}]


def _responses(
    app: Flask,
    rule: Rule,
    method: str,
    spec: CallSpec,
    references: References,
) -> dict[str, Any]:
    answered: dict[str, Any] = {"description": spec.summary}
    if spec.answer is not None:
        answered["content"] = {JSON: {"schema": references[(spec.answer, "serialization")]}}
    elif spec.status != 204:
        answered["content"] = {spec.media_type: {}}
    statuses = _PROBLEMS_OF_READS if method in READS else _PROBLEMS_OF_CHANGES
    if access_of(app, rule.endpoint) != PUBLIC:
        statuses = (401, 403, *statuses)
    problems = {str(status): {"$ref": f"#/components/responses/problem_{status}"} for status in statuses}
    return {str(spec.status): answered} | problems


def _problem_response(status: int) -> dict[str, Any]:
    schema = {"$ref": _REF.format(model="Problem")}
    return {"description": TITLES[status], "content": {MEDIA_TYPE: {"schema": schema}}}

"""The description of the API: for programs as OpenAPI, for people as a page."""

from typing import Any

from flask import Blueprint, Response, current_app, json, render_template, request

from fairapp.web.access import public
from fairapp.web.openapi import openapi_document

api = Blueprint("web_api", __name__)


@api.get("/openapi.json")
@public
def show_openapi() -> Response:
    """Give the OpenAPI 3.1 document."""
    return Response(json.dumps(_document()), mimetype="application/json")


@api.get("/docs")
@public
def show_docs() -> str:
    """Show the calls as a page, in the language of the browser."""
    document = _document()
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            row = {"method": method.upper(), "path": path, **operation}
            groups.setdefault(operation["tags"][0], []).append(row)
    return render_template(
        "web/docs.html", document=document, groups=groups, fields_of=lambda schema: _fields(document, schema)
    )


def _document() -> dict[str, Any]:
    return openapi_document(current_app, server=request.host_url)


def _fields(document: dict[str, Any], schema: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """Return (name, type in words, is needed) of the members of an object schema."""
    found = _resolved(document, schema)
    needed = found.get("required", [])
    return [
        (name, _in_words(document, member), name in needed)
        for name, member in found.get("properties", {}).items()
    ]


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def _in_words(document: dict[str, Any], member: dict[str, Any], depth: int = 0) -> str:
    member = _resolved(document, member)
    if "anyOf" in member:
        return " | ".join(_in_words(document, part, depth) for part in member["anyOf"])
    if "enum" in member:
        return " | ".join(f'"{value}"' for value in member["enum"])
    if "const" in member:
        return f'"{member["const"]}"'
    if member.get("type") == "array":
        return f"[{_in_words(document, member.get('items', {}), depth)}]"
    if member.get("type") == "object" and member.get("properties") and depth < 2:
        inner = (
            f"{name}: {_in_words(document, part, depth + 1)}" for name, part in member["properties"].items()
        )
        return "{" + ", ".join(inner) + "}"
    return str(member.get("format") or member.get("type") or "any")

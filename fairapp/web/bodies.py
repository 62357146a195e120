"""Reading JSON that anyone may have written: never a crash, always a sentence."""

import json
import math
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from fairapp.foundation.text import N_
from fairapp.web.problem import Fault, InvalidInput, UnreadableRequest, UnsupportedMedia
from fairapp.web.schemas import ON_WIRE, OURS

MOST_BYTES = 2 * 1024 * 1024
MOST_DIGITS = 18  # of a whole number: fits the 64 bits of both databases
_ODD_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_ODD_CHARACTER = re.compile("[\x00\ud800-\udfff]")
_Model = TypeVar("_Model", bound=BaseModel)

# What pydantic found -> the sentence a person reads. Names in `ctx` are pydantic's.
_SENTENCES = {
    "missing": N_("This is missing."),
    "string_type": N_("Write this as text."),
    "string_too_short": N_("This is too short."),
    "string_too_long": N_("This is too long: at most %(max_length)s characters."),
    "string_pattern_mismatch": N_("This is not written in the expected form."),
    "int_type": N_("Write a whole number."),
    "int_parsing": N_("Write a whole number."),
    "int_from_float": N_("Write a whole number."),
    "float_type": N_("Write a number."),
    "float_parsing": N_("Write a number."),
    "decimal_type": N_("Write a number."),
    "decimal_parsing": N_("Write a number."),
    "bool_type": N_("Write true or false."),
    "bool_parsing": N_("Write true or false."),
    "enum": N_("Choose one of: %(expected)s."),
    "literal_error": N_("Choose one of: %(expected)s."),
    "greater_than": N_("This must be more than %(gt)s."),
    "greater_than_equal": N_("This must be at least %(ge)s."),
    "less_than": N_("This must be less than %(lt)s."),
    "less_than_equal": N_("This must be at most %(le)s."),
    "too_short": N_("Too few entries: at least %(min_length)s."),
    "too_long": N_("Too many entries: at most %(max_length)s."),
    "list_type": N_("Write a list."),
    "dict_type": N_("Write an object."),
    "model_type": N_("Write an object."),
    "model_attributes_type": N_("Write an object."),
    "time_parsing": N_("Write a time as 18:30."),
    "time_type": N_("Write a time as 18:30."),
    "extra_forbidden": N_("This is not known here."),
}
_NOT_RIGHT = N_("This value is not right.")


def read_json() -> Any:
    """Return the JSON body of this request.

    Raises: UnsupportedMedia, UnreadableRequest, InvalidInput (characters that text cannot hold).
    """
    if not request.is_json:
        raise UnsupportedMedia()
    request.max_content_length = MOST_BYTES
    raw = request.get_data(cache=True)
    try:
        document = json.loads(
            raw.decode("utf-8"),
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_short_integer,
            object_pairs_hook=_unique_names,
        )
    except (ValueError, RecursionError) as error:
        raise UnreadableRequest() from error
    if _ODD_ESCAPE.search(raw) and (faults := _odd_text(document, "")):
        raise InvalidInput(faults)
    return document


def read_entries() -> Any:
    """Return the JSON body of a call whose entries are checked one by one.

    Quicker than `read_json`, and one odd character in one entry does not refuse the others:
    whoever checks an entry refuses characters that text cannot hold.

    Raises: UnsupportedMedia, UnreadableRequest.
    """
    if not request.is_json:
        raise UnsupportedMedia()
    request.max_content_length = MOST_BYTES
    raw = request.get_data(cache=True)
    try:
        if _ODD_ESCAPE.search(raw):
            return json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
        return from_json(raw, allow_inf_nan=False)
    except (ValueError, RecursionError) as error:
        raise UnreadableRequest() from error


def validated(model: type[_Model], document: Any) -> _Model:
    """Return the document as a model.

    Raises: InvalidInput, with a pointer to each fault.
    """
    try:
        return model.model_validate(document, context=ON_WIRE)
    except ValidationError as error:
        raise InvalidInput(faults_of(error)) from error


def faults_of(error: ValidationError) -> list[Fault]:
    """Return what pydantic found as pointers and sentences to be translated."""
    faults = []
    for found in error.errors(include_url=False, include_input=False):
        pointer = "".join(f"/{_escaped(part)}" for part in found["loc"])
        context = found.get("ctx", {})
        if found["type"] == OURS:
            faults.append(Fault(pointer, context["sentence"], context.get("values", {})))
        else:
            message = _SENTENCES.get(_kind(found["type"], context), _NOT_RIGHT)
            values = {name: str(value) for name, value in context.items()} if "%(" in message else {}
            faults.append(Fault(pointer, message, values))
    return faults


def _kind(kind: str, context: Mapping[str, Any]) -> str:
    # A length that is checked after our own validators is said of a "Value", which is a text.
    if kind in ("too_short", "too_long") and context.get("field_type") == "Value":
        return f"string_{kind}"
    return kind


def read_query(model: type[_Model]) -> _Model:
    """Return the query string of this request as a model.

    Raises: InvalidInput, also for a name that is given twice where one value is expected.
    """
    values: dict[str, Any] = {}
    lists = {
        info.alias or name for name, info in model.model_fields.items() if "list[" in str(info.annotation)
    }
    for name, found in request.args.lists():
        if name in lists:
            values[name] = found
        elif len(found) > 1:
            raise InvalidInput([Fault(f"/{_escaped(name)}", N_("Write this once."))])
        else:
            values[name] = found[0]
    if faults := _odd_text(values, ""):
        raise InvalidInput(faults)
    return validated(model, values)


def _escaped(part: object) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


def _refuse_constant(text: str) -> None:
    raise ValueError(text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _short_integer(text: str) -> int:
    if len(text.lstrip("-")) > MOST_DIGITS:
        raise ValueError("too many digits")
    return int(text)


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return document


def _odd_text(value: Any, pointer: str) -> list[Fault]:
    # NUL and halves of surrogate pairs are JSON, but no database stores them.
    if isinstance(value, str):
        return [Fault(pointer, N_("This holds a character that cannot be stored."))] * bool(
            _ODD_CHARACTER.search(value)
        )
    if isinstance(value, dict):
        if any(_ODD_CHARACTER.search(name) for name in value):
            return [Fault(pointer, N_("This holds a character that cannot be stored."))]
        parts = [(f"{pointer}/{_escaped(name)}", part) for name, part in value.items()]
    elif isinstance(value, list):
        parts = [(f"{pointer}/{place}", part) for place, part in enumerate(value)]
    else:
        return []
    return [fault for at, part in parts for fault in _odd_text(part, at)]

"""Types that the schemas of all calls share: amounts, phones, days, moments, codes, ids.

Each type checks what comes over the wire strictly (validation context `ON_WIRE`) and takes
our own values as they are, so that one type serves bodies and answers.
"""

import re
import uuid
from datetime import date, datetime
from typing import Annotated, Any, Generic, NoReturn, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from fairapp.foundation.clock import to_local
from fairapp.foundation.money import AmountUnreadable, parse_decimal, to_text
from fairapp.foundation.text import N_, clean, normalize_phone

OURS = "fairapp"  # type of the errors whose sentence is one of our own
ON_WIRE = {"on_wire": True}
FIRST_YEAR, LAST_YEAR = 1900, 2199
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d{2}:\d{2})")
_UUID_VERSIONS = (4, 7)
_Item = TypeVar("_Item")


class Schema(BaseModel):
    """Base of all bodies, queries and answers; names we do not know are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, from_attributes=True, populate_by_name=True)


def refuse(sentence: str, **values: object) -> NoReturn:
    """Refuse a value from within a validator, with a sentence that is translated when shown."""
    raise PydanticCustomError(OURS, "refused", {"sentence": sentence, "values": values})


def _on_wire(info: ValidationInfo) -> bool:
    return bool(info.context and info.context.get("on_wire"))


def _text(value: Any, sentence: str) -> str:
    if not isinstance(value, str):
        refuse(sentence)
    return value


def _amount(value: Any, info: ValidationInfo) -> Any:
    if not _on_wire(info) and isinstance(value, int):
        return value
    try:
        return parse_decimal(_text(value, N_('Write the amount as text, for example "120.50".')))
    except AmountUnreadable as refusal:
        refuse(refusal.message)


def _phone(value: Any, info: ValidationInfo) -> Any:
    if not _on_wire(info):
        return value
    phone = normalize_phone(_text(value, N_("Write this as text.")))
    if phone is None:
        refuse(N_("Write a Moroccan phone number, for example 06 12 34 56 78."))
    return phone


def _day(value: Any, info: ValidationInfo) -> Any:
    if not _on_wire(info):
        return value
    sentence = N_("Write the day as YYYY-MM-DD.")
    text = _text(value, sentence)
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        refuse(sentence)
    return day


def _moment(value: Any, info: ValidationInfo) -> Any:
    if not _on_wire(info):
        return value
    sentence = N_("Write the time with its offset, for example 2027-05-28T18:30:00+01:00.")
    text = _text(value, sentence)
    try:
        moment = datetime.fromisoformat(text.upper()) if _MOMENT.fullmatch(text) else None
    except ValueError:
        moment = None
    if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        refuse(sentence)
    return moment


def _client_id(value: Any, info: ValidationInfo) -> Any:
    if not _on_wire(info):
        return value
    sentence = N_("Write a UUID of version 4 or 7.")
    try:
        found = uuid.UUID(_text(value, sentence))
    except ValueError:
        refuse(sentence)
    if found.version not in _UUID_VERSIONS:
        refuse(sentence)
    return found


def _cleaned(value: Any) -> Any:
    return clean(value) if isinstance(value, str) else value


def _one_line(value: str) -> str:
    return " ".join(value.split())


Amount = Annotated[
    int,
    BeforeValidator(_amount),
    PlainSerializer(to_text, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d{1,15}\.\d{2}$", "examples": ["125.50"]}),
]
"""Dirhams: centimes in the program, a decimal string with two places on the wire."""

Phone = Annotated[
    str,
    BeforeValidator(_phone),
    WithJsonSchema({"type": "string", "maxLength": 40, "examples": ["+212612345678"]}),
]
"""A Moroccan phone number in any usual way of writing; given as `+212…`."""

LocalDay = Annotated[date, BeforeValidator(_day)]
"""A calendar day in Africa/Casablanca, `YYYY-MM-DD`."""

Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    PlainSerializer(lambda instant: to_local(instant).isoformat(), return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2027-05-28T18:30:00+01:00"]}),
]
"""An instant, RFC 3339 with offset; given in Moroccan time."""

ClientId = Annotated[
    uuid.UUID, BeforeValidator(_client_id), WithJsonSchema({"type": "string", "format": "uuid"})
]
"""A UUID that a client made, version 4 or 7."""

Code = Annotated[str, BeforeValidator(_cleaned), Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,19}$")]
"""A short code of a stop, a stand, a zone, a sector or a reason."""

Slug = Annotated[str, BeforeValidator(_cleaned), Field(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?$")]
"""The name of an event in addresses."""

Line = Annotated[
    str, BeforeValidator(_cleaned), AfterValidator(_one_line), Field(min_length=1, max_length=200)
]
"""One line of text typed by a person: without control characters, not empty."""

Note = Annotated[str, BeforeValidator(_cleaned), Field(max_length=2000)]
"""Text of several lines, may be empty."""


class Page(Schema, Generic[_Item]):
    """One page of a list; `next` is the address of the next page, or null."""

    items: list[_Item]
    next: str | None = None


class PageQuery(Schema):
    """Which part of a list is asked for."""

    cursor: str | None = Field(None, max_length=600, description="As given in `next`; opaque.")
    limit: int = Field(50, ge=1, le=200)

"""Lists page by page, by the keys of the last row and not by counting: cheap on page 1,000."""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Select, TypeDecorator, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from fairapp.foundation.text import N_
from fairapp.web.problem import Fault, InvalidInput
from fairapp.web.schemas import PageQuery

_Model = TypeVar("_Model")


def take_page(
    session: Session,
    statement: Select[_Model],
    *,
    keys: Sequence[InstrumentedAttribute[Any]],
    query: PageQuery,
    descending: bool = False,
) -> tuple[list[_Model], str | None]:
    """Return one page of a statement over a model, and the cursor of the next page, if any.

    `keys` order the list and name a row together: end them with the primary key. None of them
    may be null.

    Raises: InvalidInput, for a cursor that this list did not give.
    """
    if query.cursor is not None:
        values = _decode(query.cursor, keys)
        place = tuple_(*(literal(value, key.type) for value, key in zip(values, keys, strict=True)))
        row = tuple_(*keys)
        statement = statement.where(row < place if descending else row > place)
    order = [key.desc() if descending else key.asc() for key in keys]
    found = list(session.scalars(statement.order_by(None).order_by(*order).limit(query.limit + 1)))
    if len(found) <= query.limit:
        return found, None
    found = found[: query.limit]
    return found, _encode([getattr(found[-1], key.key) for key in keys])


def _encode(values: Sequence[Any]) -> str:
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def _decode(cursor: str, keys: Sequence[InstrumentedAttribute[Any]]) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != len(keys):
            raise ValueError(cursor)
        return [_as(_kind(key), value) for value, key in zip(values, keys, strict=True)]
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise InvalidInput([Fault("/cursor", N_("This list did not give this cursor."))]) from error


def _kind(key: InstrumentedAttribute[Any]) -> type:
    kept = key.type.impl_instance if isinstance(key.type, TypeDecorator) else key.type
    return kept.python_type


def _as(kind: type, value: Any) -> Any:
    if issubclass(kind, datetime) and isinstance(value, str):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment
    if issubclass(kind, date) and isinstance(value, str):
        return date.fromisoformat(value)
    fits = isinstance(value, kind) and not isinstance(value, bool)
    if not fits or (isinstance(value, int) and abs(value) >= 2**63) or "\x00" in str(value):
        raise ValueError(value)
    str(value).encode()  # a half of a surrogate pair is no text
    return value

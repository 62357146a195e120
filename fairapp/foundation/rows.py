"""Many rows in one statement, on both databases, at the speed of the bare driver.

PostgreSQL reads the rows from one JSON parameter, SQLite from a list of values. For the few
places that write by the hundred; everything else uses the models.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import ColumnElement, Row, Text, Uuid, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session


def _sqlite_uuid(value: UUID | None) -> str | None:
    return None if value is None else value.hex


def _sqlite_instant(value: datetime | None) -> str | None:
    if value is None:
        return None
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _sqlite_date(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _sqlite_json(value: Any) -> str:
    return to_json(value).decode()


# How a value is stored on SQLite, by the PostgreSQL type of its column; others as they are.
_SQLITE_FORMS: Mapping[str, Callable[[Any], Any]] = {
    "uuid": _sqlite_uuid,
    "timestamptz": _sqlite_instant,
    "date": _sqlite_date,
    "json": _sqlite_json,
}


def insert_rows(
    session: Session,
    *,
    table: str,
    columns: Mapping[str, str],
    rows: Sequence[Sequence[Any]],
    then: str,
    order_by: str = "",
) -> Sequence[Row[Any]]:
    """Insert all rows by one statement and return what its RETURNING clause gives.

    `columns` maps names to PostgreSQL types, in the order of the values of a row; `then` is
    what follows the rows: the conflict clause, RETURNING. Names and clauses are constants of
    the program, never input. `order_by` fixes the order in which rows are locked.
    """
    if not rows:
        return ()
    names = ", ".join(columns)
    order = f" ORDER BY {order_by}" if order_by else ""
    head = f"INSERT INTO {table} ({names}) SELECT {names} FROM "  # noqa: S608 - constants
    connection = session.connection()
    parameters: tuple[Any, ...]
    if connection.dialect.name == "sqlite":
        shape = ", ".join(f"column{place} AS {name}" for place, name in enumerate(columns, 1))
        marks = "(" + ",".join("?" * len(columns)) + ")"
        values = ",".join([marks] * len(rows))
        source = f"(SELECT {shape} FROM (VALUES {values})) AS given WHERE true"  # noqa: S608 - constants
        parameters = tuple(chain.from_iterable(_sqlite_rows(columns, rows)))
    else:
        shape = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        source = f"json_to_recordset(CAST(%s AS json)) AS given({shape})"
        parameters = (to_json([dict(zip(columns, row, strict=True)) for row in rows]).decode(),)
    return connection.exec_driver_sql(f"{head}{source}{order} {then}", parameters).fetchall()


def _sqlite_rows(columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> zip[tuple[Any, ...]]:
    by_column = [
        [form(value) for value in values] if (form := _SQLITE_FORMS.get(kind)) else values
        for kind, values in zip(columns.values(), zip(*rows, strict=True), strict=True)
    ]
    return zip(*by_column, strict=True)


def is_among(
    session: Session,
    column: InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None],
    ids: Collection[UUID],
) -> ColumnElement[bool]:
    """Return the condition that a column holds one of these ids, as one parameter."""
    if session.get_bind().dialect.name == "sqlite":
        listed = literal(to_json([given.hex for given in ids]).decode(), Text)
        return column.in_(select(func.json_each(listed).table_valued("value").c.value))
    return column == func.any(literal(list(ids), ARRAY(Uuid)))

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

_WITHOUT_OFFSET = len("2027-05-20 09:30:00.000000")


def _sqlite_uuid(value: UUID | str | None) -> str | None:
    return None if value is None else str(value).replace("-", "")


def _sqlite_instant(value: datetime | None) -> str | None:
    if value is None:
        return None
    utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    return utc.isoformat(" ", "microseconds")[:_WITHOUT_OFFSET]


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
    connection = session.connection()
    is_sqlite = connection.dialect.name == "sqlite"
    source, parameters = _sqlite_source(columns, rows) if is_sqlite else _json_source(columns, rows)
    # SQLite has one writer at a time: no order of locks to keep.
    order = f" ORDER BY {order_by}" if order_by and not is_sqlite else ""
    statement = f"INSERT INTO {table} ({names}) SELECT {names} FROM {source} WHERE true{order} {then}"  # noqa: S608 - constants
    return connection.exec_driver_sql(statement, parameters).fetchall()


def _json_source(columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> tuple[str, tuple[Any, ...]]:
    shape = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    document = to_json([dict(zip(columns, row, strict=True)) for row in rows]).decode()
    return f"json_to_recordset(CAST(%s AS json)) AS given({shape})", (document,)


def _sqlite_source(columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> tuple[str, tuple[Any, ...]]:
    """Return a list of values; what all rows share is given once, which halves the parameters."""
    shared: list[Any] = []
    varying: list[Sequence[Any]] = []
    shape = []
    formed: dict[str, tuple[Sequence[Any], Sequence[Any]]] = {}
    for (name, kind), values in zip(columns.items(), zip(*rows, strict=True), strict=True):
        form = _SQLITE_FORMS.get(kind, _as_it_is)
        if varying and values.count(values[0]) == len(values):
            shared.append(form(values[0]))
            shape.append(f"? AS {name}")
            continue
        if kind not in formed or formed[kind][0] != values:  # two times of an entry are mostly one
            formed[kind] = (values, values if form is _as_it_is else [form(value) for value in values])
        varying.append(formed[kind][1])
        shape.append(f"column{len(varying)} AS {name}")
    marks = "(" + ",".join("?" * len(varying)) + ")"
    listed = ",".join([marks] * len(rows))
    source = f"(SELECT {', '.join(shape)} FROM (VALUES {listed})) AS given"  # noqa: S608 - constants
    return source, (*shared, *chain.from_iterable(zip(*varying, strict=True)))


def _as_it_is(value: Any) -> Any:
    return value


def is_among(
    session: Session,
    column: InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None],
    ids: Collection[str],
) -> ColumnElement[bool]:
    """Return the condition that a column holds one of these ids, canonical texts of UUIDs.

    However many they are, they are one parameter.
    """
    if session.get_bind().dialect.name == "sqlite":
        listed = literal(to_json([given.replace("-", "") for given in ids]).decode(), Text)
        return column.in_(select(func.json_each(listed).table_valued("value").c.value))
    return column == func.any(literal([UUID(given) for given in ids], ARRAY(Uuid)))


def any_among(session: Session, *, table: str, column: str, ids: Collection[str]) -> bool:
    """Tell whether a row of a table has one of these ids in an indexed column.

    Names are constants of the program. For questions whose answer is nearly always no.
    """
    connection = session.connection()
    query = f"SELECT 1 FROM {table} WHERE {column}"  # noqa: S608 - constants
    if connection.dialect.name == "sqlite":
        listed = ",".join(ids).replace("-", "").replace(",", '","')
        listed = f'["{listed}"]'
        query = f"{query} IN (SELECT value FROM json_each(?)) LIMIT 1"  # noqa: S608 - constants
        found = connection.exec_driver_sql(query, (listed,))
    else:
        found = connection.exec_driver_sql(f"{query} = ANY(CAST(%s AS uuid[])) LIMIT 1", (list(ids),))
    return found.fetchone() is not None

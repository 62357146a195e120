"""Bulk writing of demonstration rows: ids are given here, tables are written in order of their keys."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Integer, func, select, text
from sqlalchemy.orm import Session

from fairapp.foundation.database import Base

Row = dict[str, Any]
AT_ONCE = 5_000


class Writer:
    """Collects rows of many tables and writes them in few statements."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._next_id: dict[str, int] = {}

    def add(self, model: type[Base], **values: Any) -> int:
        """Add a row and return its id; all rows of a model must name the same columns."""
        table = model.__tablename__
        if "id" not in values and "id" in model.__table__.c:
            values["id"] = self._give_id(model)
        self._rows[table].append(values)
        given = values.get("id")
        return given if isinstance(given, int) else 0

    def _give_id(self, model: type[Base]) -> int:
        table = model.__tablename__
        if table not in self._next_id:
            highest = self._session.scalar(select(func.max(model.__table__.c.id)))
            self._next_id[table] = (highest or 0) + 1
        given = self._next_id[table]
        self._next_id[table] += 1
        return given

    def write(self) -> None:
        """Write what was collected."""
        for table in Base.metadata.sorted_tables:
            rows = self._rows.pop(table.name, [])
            for start in range(0, len(rows), AT_ONCE):
                self._session.execute(table.insert(), rows[start : start + AT_ONCE])
        self._move_sequences()

    def _move_sequences(self) -> None:
        # PostgreSQL's sequences do not notice ids that were given by hand.
        if self._session.get_bind().dialect.name != "postgresql":
            return
        for name in self._next_id:
            column = Base.metadata.tables[name].c.id
            if isinstance(column.type, Integer):
                statement = f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"  # noqa: S608
                self._session.execute(text(statement))

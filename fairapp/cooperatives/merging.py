"""What goes along when two entries of the directory are merged, and comes back when that is undone.

Features point downwards, so the directory cannot know who holds rows of a cooperative. Whoever
does offers a mover when the application is put together.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from flask import Flask, current_app
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

_NAME = "cooperatives.movers"


class Mover(Protocol):
    """Moves the rows of one kind from one cooperative to another, and the same rows back."""

    def count(self, session: Session, *, cooperative_ids: Collection[int]) -> dict[int, int]:
        """Return how many rows cooperatives hold, for people to see before they merge."""

    def check(self, session: Session, *, kept_id: int, merged_id: int) -> None:
        """Refuse a merging that cannot be, in words (RuleViolation)."""

    def move(self, session: Session, *, kept_id: int, merged_id: int) -> list[int]:
        """Give the rows to the one that is kept; return their ids."""

    def give_back(self, session: Session, *, kept_id: int, merged_id: int, moved: Sequence[int]) -> None:
        """Give these rows back."""


# Takes the ids of the kept and the merged one: a condition on the rows that are to move.
Condition = Callable[[int, int], ColumnElement[bool]]
Check = Callable[[Session, int, int], None]


@dataclass(frozen=True, slots=True)
class RowMover:
    """Moves the rows of a table by its column `cooperative_id`, or another one.

    `only` leaves rows where they are (they would stand twice), `refuse` raises what forbids the
    merging, `counted` narrows what people are told.
    """

    model: Any
    column: str = "cooperative_id"
    only: Condition | None = None
    refuse: Check | None = None
    counted: ColumnElement[bool] | None = None

    def count(self, session: Session, *, cooperative_ids: Collection[int]) -> dict[int, int]:
        """Return how many rows cooperatives hold."""
        column = getattr(self.model, self.column)
        query = select(column, func.count()).where(column.in_(cooperative_ids)).group_by(column)
        if self.counted is not None:
            query = query.where(self.counted)
        return {row[0]: row[1] for row in session.execute(query)}

    def check(self, session: Session, *, kept_id: int, merged_id: int) -> None:
        """Refuse what `refuse` refuses."""
        if self.refuse is not None:
            self.refuse(session, kept_id, merged_id)

    def move(self, session: Session, *, kept_id: int, merged_id: int) -> list[int]:
        """Move the rows; return their ids in order."""
        query = select(self.model.id).where(getattr(self.model, self.column) == merged_id)
        if self.only is not None:
            query = query.where(self.only(kept_id, merged_id))
        moved = list(session.scalars(query.order_by(self.model.id)))
        self._set(session, moved, kept_id)
        return moved

    def give_back(self, session: Session, *, kept_id: int, merged_id: int, moved: Sequence[int]) -> None:
        """Move these rows back, those that are still with the kept one."""
        self._set(session, moved, merged_id, getattr(self.model, self.column) == kept_id)

    def _set(
        self, session: Session, ids: Sequence[int], owner: int, where: ColumnElement[bool] | None = None
    ) -> None:
        if not ids:
            return
        statement = update(self.model).where(self.model.id.in_(ids)).values({self.column: owner})
        session.execute(statement if where is None else statement.where(where))


def offer_mover(app: Flask, name: str, mover: Mover) -> None:
    """Offer to move rows along, under a name that is kept with each merging and never changes."""
    app.extensions.setdefault(_NAME, {})[name] = mover


def offered_movers() -> dict[str, Mover]:
    """Return the movers by name, in the order of the names."""
    offered: dict[str, Mover] = current_app.extensions.get(_NAME, {})
    return dict(sorted(offered.items()))

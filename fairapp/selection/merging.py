"""Declared conflicts go along when two entries of the directory are merged."""

from flask import Flask
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from fairapp.cooperatives.merging import RowMover, offer_mover
from fairapp.selection.models import ConflictOfInterest


def offer_conflicts(app: Flask) -> None:
    """Offer to move declared conflicts that the kept entry does not have yet."""
    offer_mover(app, "conflicts", RowMover(ConflictOfInterest, only=_new_conflict))


def _new_conflict(kept_id: int, _merged_id: int) -> ColumnElement[bool]:
    known = aliased(ConflictOfInterest)
    return (
        ~select(known.id)
        .where(known.cooperative_id == kept_id, known.reviewer_id == ConflictOfInterest.reviewer_id)
        .exists()
    )

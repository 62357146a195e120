"""Entries of the directory that may be one and the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, or_, select
from sqlalchemy.orm import Session

from fairapp.cooperatives.domain import Identity, Mark, marks_of, words_key
from fairapp.cooperatives.models import Cooperative, Distinct
from fairapp.cooperatives.queries import IS_OFFERED

MOST_DUPLICATES = 5
_MOST_LOOKED_AT = 60  # a common name may have hundreds; the surest come first


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An entry that looks like another, and by what, the surest mark first."""

    cooperative: Cooperative
    marks: tuple[Mark, ...]


def identity_of(cooperative: Cooperative) -> Identity:
    """Return what tells an entry apart from others."""
    return Identity(
        name_ar=cooperative.name_ar,
        name_fr=cooperative.name_fr,
        province_code=cooperative.province_code,
        phone=cooperative.phone,
        register_number=cooperative.register_number,
        register_court=cooperative.register_court,
        ice=cooperative.ice,
    )


def possible_duplicates(session: Session, *, cooperative: Cooperative) -> Sequence[Duplicate]:
    """Return other entries that look like this one, at most five, the surest first.

    Merged entries and those that a person said are two are left out. One query.
    """
    return duplicates_of(session, identity=identity_of(cooperative), besides=cooperative.id)


def duplicates_of(session: Session, *, identity: Identity, besides: int | None = None) -> Sequence[Duplicate]:
    """Return entries that look like what is told, for an entry that is still to be made too."""
    conditions = _conditions(identity)
    if not conditions:
        return ()
    query = (
        select(Cooperative)
        .where(or_(*conditions.values()), IS_OFFERED)
        .order_by(*_surest_first(identity, conditions), Cooperative.id)
        .limit(_MOST_LOOKED_AT)
    )
    if besides is not None:
        query = query.where(Cooperative.id != besides, ~_said_distinct(besides))
    found = (
        Duplicate(other, marks)
        for other in session.scalars(query)
        if (marks := marks_of(identity, identity_of(other)))
    )
    return sorted(found, key=lambda duplicate: -len(duplicate.marks))[:MOST_DUPLICATES]


def _conditions(identity: Identity) -> dict[Mark, ColumnElement[bool]]:
    """Return what the database asks for each mark; courts are compared afterwards, spelling aside."""
    words = {words_key(identity.name_ar), words_key(identity.name_fr)} - {""}
    conditions: dict[Mark, ColumnElement[bool]] = {}
    if identity.register_number:
        conditions[Mark.REGISTER] = Cooperative.register_number == identity.register_number
    if identity.ice:
        conditions[Mark.ICE] = Cooperative.ice == identity.ice
    if identity.phone:
        conditions[Mark.PHONE] = Cooperative.phone == identity.phone
    if words:
        conditions[Mark.NAME] = or_(Cooperative.words_ar.in_(words), Cooperative.words_fr.in_(words))
    return conditions


def _surest_first(
    identity: Identity, conditions: dict[Mark, ColumnElement[bool]]
) -> list[ColumnElement[int]]:
    sure = [conditions[mark] for mark in (Mark.ICE, Mark.PHONE) if mark in conditions]
    if Mark.REGISTER in conditions:
        here = Cooperative.province_code == identity.province_code
        sure.append(and_(conditions[Mark.REGISTER], here))
    sure.append(Cooperative.province_code == identity.province_code)
    return [case((condition, 0), else_=1) for condition in sure]


def _said_distinct(identity: int) -> ColumnElement[bool]:
    return (
        select(Distinct.id)
        .where(
            or_(
                and_(Distinct.first_id == identity, Distinct.second_id == Cooperative.id),
                and_(Distinct.second_id == identity, Distinct.first_id == Cooperative.id),
            )
        )
        .exists()
    )

"""Entries of the directory that may be one and the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    case,
    func,
    or_,
    select,
    tuple_,
    union,
    union_all,
)
from sqlalchemy.orm import Session, aliased, selectinload

from fairapp.cooperatives.domain import Identity, Mark, marks_of, words_key
from fairapp.cooperatives.models import Cooperative, Distinct, Merge
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


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries that may be one, and by what, the surest mark first."""

    first: Cooperative
    second: Cooperative
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class PairPage:
    """One page of suspected pairs, and how many there are."""

    items: Sequence[Pair]
    page: int
    pages: int
    total: int


def suspected_pairs(session: Session, *, page: int = 1, per_page: int = 20) -> PairPage:
    """Return pairs that may be one, those with the most marks first. Three queries.

    For the whole directory a name counts within a province only, and a register number with its
    court: elsewhere the same good name, and the same low number, are most often another's.
    `possible_duplicates` shows those too.
    """
    pairs = _pairs().subquery()
    # The same name in both languages is one mark more: that only puts the pair higher.
    found = session.execute(
        select(pairs.c.first_id, pairs.c.second_id)
        .group_by(pairs.c.first_id, pairs.c.second_id)
        .order_by(func.count().desc(), pairs.c.first_id, pairs.c.second_id)
    ).all()
    pages = max(1, -(-len(found) // per_page))
    page = min(max(1, page), pages)
    shown = found[(page - 1) * per_page : page * per_page]
    wanted = {identity for row in shown for identity in row}
    known = {
        one.id: one
        for one in session.scalars(
            select(Cooperative).options(selectinload(Cooperative.sectors)).where(Cooperative.id.in_(wanted))
        )
    }
    items = [_pair(known[row[0]], known[row[1]]) for row in shown]
    return PairPage(items=items, page=page, pages=pages, total=len(found))


def _pair(first: Cooperative, second: Cooperative) -> Pair:
    return Pair(first, second, marks_of(identity_of(first), identity_of(second)))


def suspected_ids(session: Session) -> list[int]:
    """Return the ids of all entries that are in a suspected pair."""
    pairs = _pairs().cte("pairs")
    return list(session.scalars(union(select(pairs.c.first_id), select(pairs.c.second_id))))


def _pairs() -> CompoundSelect[int, int]:
    """Return the query of all pairs, once for each mark that they have in common."""
    return union_all(
        _sharing("phone"),
        _sharing("ice"),
        _sharing("register_number", "register_court"),
        _sharing("words_ar", "province_code"),
        _sharing("words_fr", "province_code"),
    )


def _sharing(*names: str) -> Select[int, int]:
    """Return pairs that share values, none of them empty.

    The values that stand twice are read from the index alone, so a long directory is no long question.
    """
    columns = [getattr(Cooperative, name) for name in names]
    twice = (
        select(*columns)
        .where(*(column > "" for column in columns))
        .group_by(*columns)
        .having(func.count() > 1)
    )
    one, other = aliased(Cooperative), aliased(Cooperative)
    said = select(Distinct.id).where(Distinct.first_id == one.id, Distinct.second_id == other.id)
    shared = [getattr(one, name) for name in names]
    return (
        select(one.id.label("first_id"), other.id.label("second_id"))
        .join(other, and_(*(getattr(one, name) == getattr(other, name) for name in names)))
        .where(
            (tuple_(*shared) if len(shared) > 1 else shared[0]).in_(twice),
            one.id < other.id,
            one.merged_into_id.is_(None),
            other.merged_into_id.is_(None),
            ~said.exists(),
        )
    )


@dataclass(frozen=True, slots=True)
class Merged:
    """A merging with its two entries."""

    merge: Merge
    kept: Cooperative
    merged: Cooperative


def last_merges(session: Session, *, most: int = 20) -> list[Merged]:
    """Return what was merged and not undone, the latest first."""
    kept, merged = aliased(Cooperative), aliased(Cooperative)
    rows = session.execute(
        select(Merge, kept, merged)
        .join(kept, kept.id == Merge.kept_id)
        .join(merged, merged.id == Merge.merged_id)
        .where(Merge.undone_at.is_(None))
        .order_by(Merge.id.desc())
        .limit(most)
    )
    return [Merged(row[0], row[1], row[2]) for row in rows]

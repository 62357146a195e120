"""What a reviewer sees: its events, its files and, once it gave its own, what the committee gave."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from fairapp.audit.domain import Actor
from fairapp.cooperatives.models import Cooperative
from fairapp.events.models import Event
from fairapp.events.queries import scope_condition
from fairapp.files.errors import StoredFileNotFound
from fairapp.files.models import StoredFile
from fairapp.registrations.models import Registration, RegistrationSector
from fairapp.registrations.queries.documents import DocumentLine
from fairapp.selection.errors import AssignmentNotFound
from fairapp.selection.models import Assignment, Reviewer, Score, SelectionRun
from fairapp.selection.queries.field import competes

SCORE = "selection.score"
# Papers name who they belong to; where the committee does not see names, only these are opened.
NAMELESS_DOCUMENTS = frozenset({"product_photos"})


@dataclass(frozen=True, slots=True)
class Desk:
    """An event that a reviewer scores for, and how far it is."""

    event: Event
    total: int
    done: int


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file on a reviewer's list. The page hides the names where the call is blind."""

    number: int
    registration_id: int
    reference: str
    name_ar: str
    name_fr: str
    province_code: str
    sectors: tuple[str, ...]
    is_done: bool


@dataclass(frozen=True, slots=True)
class Committee:
    """What the whole committee gave a file: how many reviews, and the sum of points by criterion."""

    reviews: int
    sums: dict[str, int]


def desks_of(session: Session, *, actor: Actor) -> list[Desk]:
    """Return the events that the actor reviews for, those with work first."""
    counts = (
        select(
            Reviewer.event_id,
            func.count(Assignment.id).label("total"),
            func.count(Assignment.scored_at).label("done"),
        )
        .outerjoin(Assignment, and_(Assignment.reviewer_id == Reviewer.id, Assignment.released_at.is_(None)))
        .outerjoin(Registration, Registration.id == Assignment.registration_id)
        .where(Reviewer.account_id == actor.account_id, Reviewer.removed_at.is_(None))
        .where(Assignment.id.is_(None) | competes())
        .group_by(Reviewer.event_id)
        .subquery()
    )
    rows = session.execute(
        select(Event, counts.c.total, counts.c.done)
        .options(selectinload(Event.stops))
        .join(counts, counts.c.event_id == Event.id)
        .where(scope_condition(actor, SCORE))
        .order_by((counts.c.total - counts.c.done).desc(), Event.id.desc())
    )
    return [Desk(*row) for row in rows]


def reviewed_event(session: Session, *, actor: Actor, slug: str) -> tuple[Event, Reviewer]:
    """Return an event with its stops, and the actor as a member of its committee.

    Raises: AssignmentNotFound.
    """
    row = session.execute(
        select(Event, Reviewer)
        .options(selectinload(Event.stops))
        .join(Reviewer, Reviewer.event_id == Event.id)
        .where(
            Event.slug == slug,
            Reviewer.account_id == actor.account_id,
            Reviewer.removed_at.is_(None),
            scope_condition(actor, SCORE),
        )
    ).one_or_none()
    if row is None:
        raise AssignmentNotFound()
    return row[0], row[1]


def files_on_list(session: Session, *, reviewer: Reviewer) -> list[FileRow]:
    """Return the files of a reviewer in the order of their numbers, those to do first, in two queries."""
    rows = session.execute(
        select(
            Assignment.number,
            Assignment.scored_at,
            Registration.id,
            Registration.reference,
            Cooperative.name_ar,
            Cooperative.name_fr,
            Cooperative.province_code,
        )
        .join(Registration, Registration.id == Assignment.registration_id)
        .join(Cooperative, Cooperative.id == Registration.cooperative_id)
        .where(*_live(reviewer))
        .order_by(Assignment.scored_at.is_not(None), Assignment.number)
    ).all()
    sectors: dict[int, list[str]] = {}
    for registration_id, code in session.execute(
        select(RegistrationSector.registration_id, RegistrationSector.sector_code)
        .join(Assignment, Assignment.registration_id == RegistrationSector.registration_id)
        .join(Registration, Registration.id == Assignment.registration_id)
        .where(*_live(reviewer))
        .order_by(RegistrationSector.sector_code)
    ):
        sectors.setdefault(registration_id, []).append(code)
    return [
        FileRow(
            number=row.number,
            registration_id=row.id,
            reference=row.reference,
            name_ar=row.name_ar,
            name_fr=row.name_fr,
            province_code=row.province_code,
            sectors=tuple(sectors.get(row.id, ())),
            is_done=row.scored_at is not None,
        )
        for row in rows
    ]


def next_number(session: Session, *, reviewer: Reviewer, after: int = 0) -> int | None:
    """Return the number of the next file to score after one, then of the first; None when all are done."""
    to_do = select(func.min(Assignment.number)).join(
        Registration, Registration.id == Assignment.registration_id
    )
    to_do = to_do.where(*_live(reviewer), Assignment.scored_at.is_(None), Assignment.number != after)
    return session.scalar(to_do.where(Assignment.number > after)) or session.scalar(to_do)


def assignment_for(
    session: Session, *, reviewer: Reviewer, number: int, lock: bool = False
) -> tuple[Assignment, Registration]:
    """Return a file of a reviewer by its number, with the whole registration.

    Raises: AssignmentNotFound.
    """
    query: Select[Assignment, Registration] = (
        select(Assignment, Registration)
        .options(
            joinedload(Registration.event).selectinload(Event.stops),
            joinedload(Registration.cooperative),
            selectinload(Registration.stops),
            selectinload(Registration.sectors),
            selectinload(Registration.products),
            selectinload(Registration.representatives),
            selectinload(Registration.call_answers),
        )
        .join(Registration, Registration.id == Assignment.registration_id)
        .where(*_live(reviewer), Assignment.number == number)
    )
    row = session.execute(query.with_for_update(of=Assignment) if lock else query).one_or_none()
    if row is None:
        raise AssignmentNotFound()
    return row[0], row[1]


def own_scores(session: Session, *, assignment: Assignment) -> dict[str, int]:
    """Return the points that were given with an assignment, by criterion."""
    rows = session.execute(
        select(Score.criterion_code, Score.points).where(Score.assignment_id == assignment.id)
    )
    return {row[0]: row[1] for row in rows}


def committee_of(session: Session, *, registration_id: int) -> Committee:
    """Return what all reviewers together gave a registration; without who gave what."""
    given = (
        Assignment.registration_id == registration_id,
        Assignment.scored_at.is_not(None),
        Assignment.released_at.is_(None),
    )
    reviews = session.scalar(select(func.count(Assignment.id)).where(*given)) or 0
    rows: Sequence[tuple[str, int]] = [
        (row[0], row[1])
        for row in session.execute(
            select(Score.criterion_code, func.sum(Score.points))
            .join(Assignment, Assignment.id == Score.assignment_id)
            .where(*given)
            .group_by(Score.criterion_code)
        )
    ]
    return Committee(reviews, {code: int(total) for code, total in rows})


def is_closed(session: Session, *, event_id: int, assignment: Assignment) -> bool:
    """Tell whether a run was recorded with the score of an assignment, so that it stays."""
    if assignment.scored_at is None:
        return False
    query = (
        select(SelectionRun.id)
        .where(SelectionRun.event_id == event_id, SelectionRun.made_at >= assignment.scored_at)
        .limit(1)
    )
    return session.scalar(query) is not None


def _live(reviewer: Reviewer) -> tuple[ColumnElement[bool], ...]:
    return (Assignment.reviewer_id == reviewer.id, Assignment.released_at.is_(None), competes())


def may_open(line: DocumentLine, *, is_blind: bool) -> bool:
    """Tell whether a reviewer may open the files of a document."""
    return not is_blind or line.asked.code in NAMELESS_DOCUMENTS


def shown_file(lines: Sequence[DocumentLine], *, token: str, is_blind: bool) -> StoredFile:
    """Return a file of a registration that its reviewer may open.

    Raises: StoredFileNotFound.
    """
    for line in lines:
        for file in line.files:
            if file.token == token and may_open(line, is_blind=is_blind):
                return file
    raise StoredFileNotFound()

"""Reads of letters about decisions."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from fairapp.audit.models import AuditEntry
from fairapp.audit.queries import entries_about
from fairapp.cooperatives.models import Cooperative
from fairapp.decisions.domain.hashing import hash_of
from fairapp.decisions.errors import LetterNotFound, PrintNotFound
from fairapp.decisions.models import DecisionLetter, LetterPrint
from fairapp.events.models import Event, Reason
from fairapp.registrations.models import Registration
from fairapp.selection.models import Rank, SelectionRun

WRITTEN = "decisions.letter_written"
SUBJECT = "letter"
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class LetterPage:
    """One page of an event's letters, the newest first, each with its registration and cooperative."""

    items: Sequence[DecisionLetter]
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class LetterCounts:
    """Letters of an event: all, and the newest of each registration, of these those without a channel."""

    written: int
    newest: int
    on_paper: int


def letters_of(session: Session, *, registration_id: int) -> Sequence[DecisionLetter]:
    """Return the letters of a registration, the newest first."""
    return session.scalars(
        select(DecisionLetter)
        .where(DecisionLetter.registration_id == registration_id)
        .order_by(DecisionLetter.id.desc())
    ).all()


def letter_of(session: Session, *, registration_id: int, token: str = "") -> DecisionLetter:
    """Return a letter of a registration: by its token, else the newest.

    Raises: LetterNotFound.
    """
    for letter in letters_of(session, registration_id=registration_id):
        if token in ("", letter.token):
            return letter
    raise LetterNotFound()


def letter_by_token(session: Session, *, token: str) -> DecisionLetter:
    """Return the letter behind the code on it.

    Raises: LetterNotFound.
    """
    letter = session.scalar(select(DecisionLetter).where(DecisionLetter.token == token))
    if letter is None:
        raise LetterNotFound()
    return letter


def letter_for(session: Session, *, event: Event, token: str) -> DecisionLetter:
    """Return a letter of an event, with its registration.

    Raises: LetterNotFound.
    """
    letter = session.scalar(
        _of_event(event.id)
        .options(joinedload(DecisionLetter.registration))
        .where(DecisionLetter.token == token)
    )
    if letter is None:
        raise LetterNotFound()
    return letter


def letter_of_change(session: Session, *, state_change_id: int) -> DecisionLetter | None:
    """Return the letter about a change of state, if one was written."""
    return session.scalar(
        select(DecisionLetter).where(
            DecisionLetter.state_change_id == state_change_id, DecisionLetter.appeal_id.is_(None)
        )
    )


def event_letters(session: Session, *, event_id: int, page: int = 1) -> LetterPage:
    """Return one page of the letters of an event, in three queries."""
    total = session.scalar(select(func.count()).select_from(_of_event(event_id).subquery())) or 0
    pages = max(1, -(-total // PER_PAGE))
    page = max(1, min(page, pages))
    items = session.scalars(
        _of_event(event_id)
        .options(joinedload(DecisionLetter.registration).joinedload(Registration.cooperative))
        .order_by(DecisionLetter.id.desc())
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    ).all()
    return LetterPage(items, page, pages, total)


def letter_counts(session: Session, *, event_id: int) -> LetterCounts:
    """Return how many letters of an event there are to read and to print."""
    written = session.scalar(select(func.count()).select_from(_of_event(event_id).subquery())) or 0
    newest = _newest(event_id, on_paper_only=False).subquery()
    on_paper = _newest(event_id, on_paper_only=True).subquery()
    return LetterCounts(
        written=written,
        newest=session.scalar(select(func.count()).select_from(newest)) or 0,
        on_paper=session.scalar(select(func.count()).select_from(on_paper)) or 0,
    )


def newest_letters(session: Session, *, event_id: int, on_paper_only: bool) -> Sequence[DecisionLetter]:
    """Return the newest letter of each registration of an event, in the order of their references.

    `on_paper_only`: of those who gave neither an address nor a phone.
    """
    query = _newest(event_id, on_paper_only=on_paper_only)
    return session.scalars(query.order_by(Registration.reference)).all()


def print_for(session: Session, *, event: Event, print_id: uuid.UUID) -> LetterPrint:
    """Return a print of an event's letters.

    Raises: PrintNotFound.
    """
    found = session.scalar(
        select(LetterPrint).where(LetterPrint.id == print_id, LetterPrint.event_id == event.id)
    )
    if found is None:
        raise PrintNotFound()
    return found


def print_content(session: Session, *, print_id: uuid.UUID) -> bytes:
    """Return the PDF of a print.

    Raises: PrintNotFound, also while it is being made.
    """
    content = session.scalar(select(LetterPrint.content).where(LetterPrint.id == print_id))
    if content is None:
        raise PrintNotFound()
    return content


def last_print(session: Session, *, event_id: int) -> LetterPrint | None:
    """Return the print of an event that is kept, if any."""
    query = select(LetterPrint).where(LetterPrint.event_id == event_id)
    return session.scalars(query.order_by(LetterPrint.requested_at.desc())).first()


def reason_by_code(session: Session, *, event_id: int, code: str | None) -> Reason | None:
    """Return a reason of the call by its code."""
    if code is None:
        return None
    return session.scalar(select(Reason).where(Reason.event_id == event_id, Reason.code == code))


def recorded_rank(session: Session, *, run_code: str, registration_id: int) -> Rank | None:
    """Return the row of a registration in a recorded run, with what overrode it."""
    return session.scalar(
        select(Rank)
        .join(SelectionRun, SelectionRun.id == Rank.run_id)
        .where(SelectionRun.code == run_code, Rank.registration_id == registration_id)
    )


def letters_with_faults(session: Session) -> Iterator[tuple[DecisionLetter, str]]:
    """Yield the letters whose facts are not those that were written, with what differs.

    `facts`: they do not give the stored hash; `record`: the chain of acts holds another hash or none.
    """
    recorded = {
        entry.subject_id: entry.details.get("hash")
        for entry in session.scalars(
            select(AuditEntry).where(AuditEntry.subject_type == SUBJECT, AuditEntry.action == WRITTEN)
        )
    }
    statement = select(DecisionLetter).order_by(DecisionLetter.id)
    for letter in session.scalars(statement.execution_options(yield_per=500)):
        if hash_of(letter.facts) != letter.facts_hash:
            yield letter, "facts"
        if recorded.get(str(letter.id)) != letter.facts_hash:
            yield letter, "record"


def is_genuine(letter: DecisionLetter) -> bool:
    """Tell whether the facts of a letter are those that were hashed when it was written."""
    return hash_of(letter.facts) == letter.facts_hash


def is_recorded(session: Session, letter: DecisionLetter) -> bool:
    """Tell whether a letter is genuine, and the record of acts holds its hash."""
    entries = entries_about(session, subject_type=SUBJECT, subject_id=str(letter.id))
    hashes = [entry.details.get("hash") for entry in entries if entry.action == WRITTEN]
    return is_genuine(letter) and hashes == [letter.facts_hash]


def _of_event(event_id: int) -> Select[DecisionLetter]:
    return (
        select(DecisionLetter)
        .join(Registration, Registration.id == DecisionLetter.registration_id)
        .where(Registration.event_id == event_id)
    )


def _newest(event_id: int, *, on_paper_only: bool) -> Select[DecisionLetter]:
    newest = (
        select(func.max(DecisionLetter.id))
        .join(Registration, Registration.id == DecisionLetter.registration_id)
        .where(Registration.event_id == event_id)
        .group_by(DecisionLetter.registration_id)
    )
    query = (
        select(DecisionLetter)
        .join(Registration, Registration.id == DecisionLetter.registration_id)
        .join(Cooperative, Cooperative.id == Registration.cooperative_id)
        .where(DecisionLetter.id.in_(newest))
    )
    return query.where(_without_channel()) if on_paper_only else query


def _without_channel() -> ColumnElement[bool]:
    columns = (Registration.email, Cooperative.email, Registration.phone, Cooperative.phone)
    return and_(*(or_(column.is_(None), column == "") for column in columns))

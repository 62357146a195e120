"""Recorded runs and their ranks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, Select, String, cast, func, select
from sqlalchemy.orm import Session, defer

from fairapp.cooperatives.models import Cooperative
from fairapp.events.models import Event
from fairapp.foundation.ids import parse_reference
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.errors import RegistrationNotFound
from fairapp.registrations.models import Registration
from fairapp.selection.domain.words import Proposal, RunState
from fairapp.selection.errors import RunNotFound
from fairapp.selection.models import Assignment, Rank, Reviewer, SelectionRun

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class RankRow:
    """A rank with whom it is of. `final` is the proposal after an override."""

    rank: Rank
    reference: str
    state: RegistrationState
    name_ar: str
    name_fr: str
    province_code: str

    @property
    def final(self) -> Proposal:
        """The proposal that counts."""
        return final_of(self.rank)

    @property
    def reason_code(self) -> str | None:
        """The reason that counts."""
        return self.rank.override_reason_code if self.rank.overridden_to else self.rank.reason_code


@dataclass(frozen=True, slots=True)
class RankPage:
    """One page of a run's ranks. Pages count from 1."""

    rows: tuple[RankRow, ...]
    page: int
    pages: int
    total: int


def final_of(rank: Rank) -> Proposal:
    """Return what a run proposes for a registration after an override."""
    return Proposal(rank.overridden_to) if rank.overridden_to else rank.proposal


def runs_of(session: Session, *, event_id: int) -> Sequence[SelectionRun]:
    """Return the recorded runs of an event, latest first; rules and input stay unread."""
    return session.scalars(
        select(SelectionRun)
        .options(defer(SelectionRun.rules), defer(SelectionRun.input))
        .where(SelectionRun.event_id == event_id)
        .order_by(SelectionRun.id.desc())
    ).all()


def run_for(session: Session, *, event: Event, code: str, lock: bool = False) -> SelectionRun:
    """Return a run of an event by its code, its input unread.

    Raises: RunNotFound.
    """
    query = (
        select(SelectionRun)
        .options(defer(SelectionRun.input))
        .where(SelectionRun.event_id == event.id, SelectionRun.code == (parse_reference(code) or ""))
    )
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise RunNotFound()
    return found


def run_by_code(session: Session, *, code: str) -> SelectionRun:
    """Return a whole run by its code, for the command.

    Raises: RunNotFound.
    """
    found = session.scalar(select(SelectionRun).where(SelectionRun.code == (parse_reference(code) or "")))
    if found is None:
        raise RunNotFound()
    return found


def latest_run_id(session: Session, *, event_id: int) -> int | None:
    """Return the id of the latest recorded run of an event."""
    return session.scalar(select(func.max(SelectionRun.id)).where(SelectionRun.event_id == event_id))


def count_runs(session: Session, event_ids: Collection[int]) -> Mapping[int, int]:
    """Return how many runs are recorded by event; events without any may be absent."""
    rows = session.execute(
        select(SelectionRun.event_id, func.count())
        .where(SelectionRun.event_id.in_(event_ids))
        .group_by(SelectionRun.event_id)
    )
    return {row[0]: row[1] for row in rows}


def count_scored(session: Session, event_ids: Collection[int]) -> Mapping[int, int]:
    """Return how many assignments are scored by event; events without any may be absent."""
    rows = session.execute(
        select(Reviewer.event_id, func.count())
        .join(Assignment, Assignment.reviewer_id == Reviewer.id)
        .where(Reviewer.event_id.in_(event_ids), Assignment.scored_at.is_not(None))
        .group_by(Reviewer.event_id)
    )
    return {row[0]: row[1] for row in rows}


def decided_run(session: Session, *, event_id: int, before: int | None = None) -> SelectionRun | None:
    """Return the run that was decided from last; `before` looks only among those made before a run."""
    query = (
        select(SelectionRun)
        .options(defer(SelectionRun.input))
        .where(SelectionRun.event_id == event_id, SelectionRun.state == RunState.DECIDED)
        .order_by(SelectionRun.decided_at.desc(), SelectionRun.id.desc())
        .limit(1)
    )
    return session.scalar(query.where(SelectionRun.id < before) if before is not None else query)


def ranks_page(
    session: Session,
    *,
    run: SelectionRun,
    page: int = 1,
    proposal: Proposal | None = None,
    only_overridden: bool = False,
) -> RankPage:
    """Return one page of a run's ranks, best first, in two queries."""
    where: list[ColumnElement[bool]] = [Rank.run_id == run.id]
    if proposal is not None:
        where.append(_final() == proposal.value)
    if only_overridden:
        where.append(Rank.overridden_to.is_not(None))
    total = session.scalar(select(func.count(Rank.id)).where(*where)) or 0
    pages = max(1, -(-total // PER_PAGE))
    page = max(1, min(page, pages))
    query = _rows().where(*where).order_by(Rank.overall).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    return RankPage(tuple(_row(row) for row in session.execute(query)), page, pages, total)


def rank_for(session: Session, *, run: SelectionRun, reference: str) -> RankRow:
    """Return the rank of a registration in a run.

    Raises: RegistrationNotFound.
    """
    query = _rows().where(Rank.run_id == run.id, Registration.reference == (parse_reference(reference) or ""))
    row = session.execute(query).one_or_none()
    if row is None:
        raise RegistrationNotFound()
    return _row(row)


def all_ranks(session: Session, *, run: SelectionRun) -> list[RankRow]:
    """Return all ranks of a run, best first, in one query."""
    return [_row(row) for row in session.execute(_rows().where(Rank.run_id == run.id).order_by(Rank.overall))]


def proposal_counts(session: Session, *, run: SelectionRun) -> Mapping[Proposal, int]:
    """Return how many of each proposal a run makes after overrides."""
    rows = session.execute(select(_final(), func.count()).where(Rank.run_id == run.id).group_by(_final()))
    return {Proposal(row[0]): row[1] for row in rows}


def override_count(session: Session, *, run: SelectionRun) -> int:
    """Return how many proposals of a run were overridden."""
    query = select(func.count()).where(Rank.run_id == run.id, Rank.overridden_to.is_not(None))
    return session.scalar(query) or 0


def finals_of(session: Session, *, run: SelectionRun) -> dict[str, Proposal]:
    """Return what a run proposes in the end, by reference."""
    rows = session.execute(
        select(Registration.reference, _final())
        .join(Rank, Rank.registration_id == Registration.id)
        .where(Rank.run_id == run.id)
    )
    return {row[0]: Proposal(row[1]) for row in rows}


def _final() -> ColumnElement[str]:
    return func.coalesce(Rank.overridden_to, cast(Rank.proposal, String))


def _rows() -> Select[Rank, str, RegistrationState, str, str, str]:
    return (
        select(
            Rank,
            Registration.reference,
            Registration.state,
            Cooperative.name_ar,
            Cooperative.name_fr,
            Cooperative.province_code,
        )
        .join(Registration, Registration.id == Rank.registration_id)
        .join(Cooperative, Cooperative.id == Registration.cooperative_id)
    )


def _row(row: Row[Rank, str, RegistrationState, str, str, str]) -> RankRow:
    return RankRow(row[0], row[1], row[2], row[3], row[4], row[5])

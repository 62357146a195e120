"""What pages show beside a ranking: names, states, and the balance by province and sector."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.accounts.models import Account
from fairapp.cooperatives.models import Cooperative
from fairapp.reference.queries import main_sector_of
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.models import Registration
from fairapp.selection.domain.ranking import Ranking
from fairapp.selection.domain.rules import Entry
from fairapp.selection.domain.words import Proposal
from fairapp.selection.models import Assignment, Reviewer, Score


@dataclass(frozen=True, slots=True)
class Named:
    """Who stands behind a reference."""

    reference: str
    name_ar: str
    name_fr: str
    province_code: str
    state: RegistrationState


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a province or sector registered, and how many would be accepted."""

    code: str
    registered: int
    accepted: int


@dataclass(frozen=True, slots=True)
class Review:
    """What one reviewer gave a registration; `points` is empty while it is to do."""

    name: str
    points: dict[str, int]
    note: str | None
    is_done: bool


def names_of(session: Session, references: Collection[str]) -> dict[str, Named]:
    """Return who stands behind some references, in one query."""
    rows = session.execute(
        select(
            Registration.reference,
            Cooperative.name_ar,
            Cooperative.name_fr,
            Cooperative.province_code,
            Registration.state,
        )
        .join(Cooperative, Cooperative.id == Registration.cooperative_id)
        .where(Registration.reference.in_(references))
    )
    return {row[0]: Named(*row) for row in rows}


def balance_of(entries: Iterable[Entry], ranking: Ranking) -> tuple[list[Share], list[Share]]:
    """Return the balance by province and by main sector, those with most registrations first.

    A registration counts in each of its main sectors.
    """
    accepted = {ranked.reference for ranked in ranking.ranked if ranked.proposal is Proposal.ACCEPT}
    provinces: dict[str, Counter[str]] = {}
    sectors: dict[str, Counter[str]] = {}
    for entry in entries:
        is_in = "in" if entry.reference in accepted else "out"
        provinces.setdefault(entry.province, Counter())[is_in] += 1
        for sector in {main_sector_of(code) for code in entry.sectors}:
            sectors.setdefault(sector, Counter())[is_in] += 1
    return _shares(provinces), _shares(sectors)


def _shares(counted: dict[str, Counter[str]]) -> list[Share]:
    found = [Share(code, counts["in"] + counts["out"], counts["in"]) for code, counts in counted.items()]
    return sorted(found, key=lambda share: (-share.registered, share.code))


def accepted_count(session: Session, *, event_id: int) -> int:
    """Return how many registrations of an event are accepted now, ranked or not."""
    query = select(func.count(Registration.id)).where(
        Registration.event_id == event_id, Registration.state == RegistrationState.ACCEPTED
    )
    return session.scalar(query) or 0


def reviews_of(session: Session, *, registration_id: int) -> list[Review]:
    """Return what each reviewer gave a registration, for organizers, in two queries."""
    rows = session.execute(
        select(Assignment.id, Account.name, Assignment.note, Assignment.scored_at)
        .join(Reviewer, Reviewer.id == Assignment.reviewer_id)
        .join(Account, Account.id == Reviewer.account_id)
        .where(Assignment.registration_id == registration_id, Assignment.released_at.is_(None))
        .order_by(Account.name, Assignment.id)
    ).all()
    points: dict[int, dict[str, int]] = {row[0]: {} for row in rows}
    for assignment_id, code, given in session.execute(
        select(Score.assignment_id, Score.criterion_code, Score.points).where(
            Score.assignment_id.in_(list(points))
        )
    ):
        points[assignment_id][code] = given
    return [Review(row[1], points[row[0]], row[2], row[3] is not None) for row in rows]

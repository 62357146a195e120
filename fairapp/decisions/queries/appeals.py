"""Reads of appeals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from fairapp.accounts.models import Account
from fairapp.audit.domain import Actor
from fairapp.decisions.domain.appealing import APPEALABLE, AppealCounts, count_appeals, may_answer
from fairapp.decisions.domain.states import AppealState
from fairapp.decisions.errors import AppealNotFound
from fairapp.decisions.models import Appeal, DecisionLetter
from fairapp.events.models import Event
from fairapp.registrations.models import Registration, StateChange

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class AppealPage:
    """One page of an event's appeals, those that wait longest first; each with its registration."""

    items: Sequence[Appeal]
    page: int
    pages: int
    total: int


def appeals_of(session: Session, *, registration_id: int) -> Sequence[Appeal]:
    """Return the appeals of a registration, the newest first."""
    return session.scalars(
        select(Appeal).where(Appeal.registration_id == registration_id).order_by(Appeal.id.desc())
    ).all()


def appeal_for(session: Session, *, event: Event, code: str) -> Appeal:
    """Return an appeal of an event by its code, with registration and cooperative.

    Raises: AppealNotFound.
    """
    appeal = session.scalar(
        select(Appeal)
        .options(joinedload(Appeal.registration).joinedload(Registration.cooperative))
        .where(Appeal.event_id == event.id, Appeal.code == code)
    )
    if appeal is None:
        raise AppealNotFound()
    return appeal


def appeal_for_update(session: Session, *, appeal_id: int) -> Appeal:
    """Return an appeal as it is now, locked; after its event and its registration.

    Raises: AppealNotFound.
    """
    appeal = session.scalar(
        select(Appeal)
        .where(Appeal.id == appeal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if appeal is None:
        raise AppealNotFound()
    return appeal


def open_appeal(session: Session, *, registration_id: int) -> Appeal | None:
    """Return the appeal of a registration that waits for an answer, if any."""
    return session.scalar(
        select(Appeal).where(Appeal.registration_id == registration_id, Appeal.state == AppealState.FILED)
    )


def filed_against(session: Session, *, state_change_id: int) -> bool:
    """Tell whether an appeal against a decision was filed before."""
    query = select(Appeal.id).where(Appeal.state_change_id == state_change_id).limit(1)
    return session.scalar(query) is not None


def appealable_letter(session: Session, *, registration_id: int) -> DecisionLetter | None:
    """Return the letter about the last decision on a registration, if one was written."""
    return session.scalars(
        select(DecisionLetter)
        .where(DecisionLetter.registration_id == registration_id, DecisionLetter.appeal_id.is_(None))
        .order_by(DecisionLetter.id.desc())
        .limit(1)
    ).first()


def object_until(session: Session, *, registration: Registration) -> date | None:
    """Return the last day on which the last decision can be objected to; None: it cannot."""
    letter = appealable_letter(session, registration_id=registration.id)
    return letter.object_until_on if letter is not None else None


def can_object(session: Session, *, registration: Registration, today: date) -> bool:
    """Tell whether an objection to the last decision would be taken today."""
    letter = appealable_letter(session, registration_id=registration.id)
    if letter is None or letter.object_until_on is None or registration.state not in APPEALABLE:
        return False
    in_time = today <= letter.object_until_on
    return in_time and not filed_against(session, state_change_id=letter.state_change_id)


def decider_of(session: Session, *, state_change_id: int) -> int | None:
    """Return the account that took a decision; None: nobody's, or not known."""
    return session.scalar(select(StateChange.account_id).where(StateChange.id == state_change_id))


def event_appeals(
    session: Session, *, event_id: int, states: Sequence[AppealState] = (), page: int = 1
) -> AppealPage:
    """Return one page of an event's appeals in a state; no states: all of them."""
    query = _of_event(event_id, states)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pages = max(1, -(-total // PER_PAGE))
    page = max(1, min(page, pages))
    items = session.scalars(
        query.options(joinedload(Appeal.registration).joinedload(Registration.cooperative))
        .order_by(Appeal.state != AppealState.FILED, Appeal.filed_at, Appeal.id)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    ).all()
    return AppealPage(items, page, pages, total)


def states_of(session: Session, *, event_id: int) -> dict[AppealState, int]:
    """Return how many appeals of an event are in each state."""
    query = select(Appeal.state, func.count()).where(Appeal.event_id == event_id).group_by(Appeal.state)
    return {row[0]: row[1] for row in session.execute(query)}


def appeal_counts(session: Session, *, event_id: int) -> AppealCounts:
    """Return what the report of an event says of its appeals."""
    rows = session.execute(
        select(Appeal.state, Appeal.filed_at, Appeal.answered_at).where(Appeal.event_id == event_id)
    )
    return count_appeals([(row[0], row[1], row[2]) for row in rows])


def open_for(session: Session, *, event_id: int, actor: Actor) -> tuple[int, int]:
    """Return how many appeals wait for an answer, and how many of them the actor may answer."""
    deciders = session.scalars(
        select(Appeal.decided_by_id).where(Appeal.event_id == event_id, Appeal.state == AppealState.FILED)
    ).all()
    own = [one for one in deciders if may_answer(decided_by=one, account_id=actor.account_id)]
    return len(deciders), len(own)


def names_of(session: Session, *, account_ids: Sequence[int | None]) -> dict[int, str]:
    """Return the names of accounts, by id."""
    ids = {account_id for account_id in account_ids if account_id is not None}
    if not ids:
        return {}
    return {
        row[0]: row[1] for row in session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    }


def _of_event(event_id: int, states: Sequence[AppealState]) -> Select[Appeal]:
    query = select(Appeal).where(Appeal.event_id == event_id)
    return query.where(Appeal.state.in_(states)) if states else query

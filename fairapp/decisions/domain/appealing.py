"""Who may object to a decision until when, and who may answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from fairapp.decisions.domain.states import AppealState
from fairapp.decisions.errors import (
    AnswerMissing,
    AppealAnswered,
    AppealTextMissing,
    AppealTooLate,
    AppealTwice,
    NothingToAppeal,
    SamePerson,
)
from fairapp.registrations.domain import Decision, RegistrationState

MOST_SIGNS = 2000
ANSWER_WITHIN_DAYS = 30
APPEALABLE = (RegistrationState.REFUSED, RegistrationState.WAITLISTED)


@dataclass(frozen=True, slots=True)
class AppealCase:
    """What an objection is judged by. `until` is the last day of the letter; None: no letter to object to."""

    state: RegistrationState
    until: date | None
    today: date
    filed_before: bool  # against the same decision


@dataclass(frozen=True, slots=True)
class AppealCounts:
    """Objections of an event. `median_days` is of the answered ones; None while there are none."""

    filed: int = 0
    answered: int = 0
    upheld: int = 0
    open: int = 0
    median_days: int | None = None


def last_day(decided_on: date, *, days: int) -> date:
    """Return the last day on which a decision can be objected to; the day of the decision is not counted.

    Source: the call, `objection_days`; law 55-19, remedies against refusals.
    """
    return decided_on + timedelta(days=days)


def answer_due(filed_on: date) -> date:
    """Return until when an objection is to be answered.

    Source: law 55-19, an answer within a set time of 60 days at most; half of it is enough here.
    """
    return filed_on + timedelta(days=ANSWER_WITHIN_DAYS)


def check_appeal(case: AppealCase, text: str) -> None:
    """Refuse an objection that comes too late, twice, or against nothing.

    Raises: NothingToAppeal, AppealTwice, AppealTooLate, AppealTextMissing.
    """
    if case.state not in APPEALABLE or case.until is None:
        raise NothingToAppeal()
    if case.filed_before:
        raise AppealTwice()
    if case.today > case.until:
        raise AppealTooLate()
    if not text.strip():
        raise AppealTextMissing()


def may_answer(*, decided_by: int | None, account_id: int | None) -> bool:
    """Tell whether a person may see and answer an objection: anybody but who took the decision."""
    return decided_by is None or decided_by != account_id


def check_answer(state: AppealState, *, decided_by: int | None, account_id: int | None, answer: str) -> None:
    """Refuse an answer by who decided, to what is answered already, or without a reason.

    Raises: SamePerson, AppealAnswered, AnswerMissing.
    """
    if not may_answer(decided_by=decided_by, account_id=account_id):
        raise SamePerson()
    if state is not AppealState.FILED:
        raise AppealAnswered()
    if not answer.strip():
        raise AnswerMissing()


def ways_to_uphold(state: RegistrationState) -> tuple[Decision, ...]:
    """Return the new decisions that an upheld objection can lead to, the best for the cooperative first."""
    if state is RegistrationState.REFUSED:
        return (Decision.ACCEPT, Decision.WAITLIST)
    return (Decision.ACCEPT,) if state is RegistrationState.WAITLISTED else ()


def count_appeals(rows: Sequence[tuple[AppealState, datetime, datetime | None]]) -> AppealCounts:
    """Count objections from their states and the times of filing and answering; days begun count whole."""
    answered = [
        (filed, done)
        for state, filed, done in rows
        if state in (AppealState.UPHELD, AppealState.REJECTED) and done is not None
    ]
    days = [(done - filed).days + 1 for filed, done in answered]
    return AppealCounts(
        filed=len(rows),
        answered=len(answered),
        upheld=sum(state is AppealState.UPHELD for state, _filed, _done in rows),
        open=sum(state is AppealState.FILED for state, _filed, _done in rows),
        median_days=round(median(days)) if days else None,
    )

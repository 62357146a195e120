"""Who may object until when, who may answer, and how objections are counted."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from fairapp.decisions.domain.appealing import (
    AppealCase,
    AppealCounts,
    answer_due,
    check_answer,
    check_appeal,
    count_appeals,
    last_day,
    may_answer,
    ways_to_uphold,
)
from fairapp.decisions.domain.states import AppealState, held_place
from fairapp.decisions.errors import (
    AnswerMissing,
    AppealAnswered,
    AppealTextMissing,
    AppealTooLate,
    AppealTwice,
    NothingToAppeal,
    SamePerson,
)
from fairapp.foundation.errors import Refusal
from fairapp.registrations.domain import Decision, RegistrationState
from tests import NOW, TODAY

CASE = AppealCase(RegistrationState.REFUSED, TODAY, TODAY, filed_before=False)


def test_the_last_day_counts_from_the_day_of_the_decision() -> None:
    assert last_day(date(2027, 5, 20), days=10) == date(2027, 5, 30)
    assert answer_due(date(2027, 5, 20)) == date(2027, 6, 19)


def test_check_appeal_on_the_last_day_is_in_time() -> None:
    check_appeal(CASE, "why")


@pytest.mark.parametrize(
    "case, text, refusal",
    [
        (replace(CASE, state=RegistrationState.ACCEPTED), "why", NothingToAppeal),
        (replace(CASE, until=None), "why", NothingToAppeal),
        (replace(CASE, filed_before=True), "why", AppealTwice),
        (replace(CASE, today=TODAY + timedelta(days=1)), "why", AppealTooLate),
        (CASE, " \n", AppealTextMissing),
    ],
    ids=["accepted", "no letter", "twice", "a day late", "empty"],
)
def test_check_appeal_refuses(case: AppealCase, text: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        check_appeal(case, text)


def test_anybody_but_who_decided_may_answer() -> None:
    assert may_answer(decided_by=1, account_id=2)
    assert may_answer(decided_by=None, account_id=2)
    assert not may_answer(decided_by=1, account_id=1)
    check_answer(AppealState.FILED, decided_by=1, account_id=2, answer="because")


@pytest.mark.parametrize(
    "state, account, answer, refusal",
    [
        (AppealState.FILED, 1, "because", SamePerson),
        (AppealState.REJECTED, 2, "because", AppealAnswered),
        (AppealState.FILED, 2, "  ", AnswerMissing),
    ],
    ids=["same person", "answered", "no reason"],
)
def test_check_answer_refuses(state: AppealState, account: int, answer: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        check_answer(state, decided_by=1, account_id=account, answer=answer)


def test_an_objection_can_lead_to_a_place_or_the_waiting_list() -> None:
    assert ways_to_uphold(RegistrationState.REFUSED) == (Decision.ACCEPT, Decision.WAITLIST)
    assert ways_to_uphold(RegistrationState.WAITLISTED) == (Decision.ACCEPT,)
    assert ways_to_uphold(RegistrationState.ACCEPTED) == ()


def test_count_appeals() -> None:
    assert count_appeals([]) == AppealCounts()
    rows = [
        (AppealState.FILED, NOW, None),
        (AppealState.WITHDRAWN, NOW, NOW),
        (AppealState.UPHELD, NOW, NOW + timedelta(hours=3)),
        (AppealState.REJECTED, NOW, NOW + timedelta(days=4, hours=1)),
    ]
    assert count_appeals(rows) == AppealCounts(filed=4, answered=2, upheld=1, open=1, median_days=3)


@pytest.mark.parametrize(
    "states, held",
    [
        ("", False),
        ("received accepted", True),
        ("received accepted under_review", True),
        ("received accepted under_review incomplete", True),
        ("accepted waitlisted", False),
        ("waitlisted accepted refused", False),
    ],
)
def test_held_place(states: str, held: bool) -> None:
    assert held_place([RegistrationState(state) for state in states.split()]) is held

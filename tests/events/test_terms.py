"""The terms of a call: what is refused, how places add up, how choices keep their codes."""

from datetime import date

import pytest

from fairapp.events import errors
from fairapp.events.domain import CriterionSource, QuestionKind, QuestionPhase, Texts
from fairapp.events.terms import (
    CallRules,
    CapacityTerms,
    ChoiceTerms,
    CriterionTerms,
    QuestionTerms,
    StopPlaces,
    TermsChange,
    change_between,
    check_capacities,
    check_criteria,
    check_questions,
    check_rules,
    coded_choices,
    needed_questions,
    places_of,
)
from fairapp.foundation.errors import RuleViolation

TITLE = Texts("سؤال", "Question")
LAST_DAY = date(2027, 7, 15)


def question(code: str, **values: object) -> QuestionTerms:
    return QuestionTerms(code, TITLE, **values)  # type: ignore[arg-type] # values of the test


def choices(*words: str) -> tuple[ChoiceTerms, ...]:
    return tuple(ChoiceTerms(f"choice_{place}", Texts(word, word)) for place, word in enumerate(words, 1))


@pytest.mark.parametrize(
    "questions, refusal",
    [
        ([question("a"), question("a")], errors.CodeTwice),
        ([question(f"q{number}", optional=True) for number in range(11)], errors.TooManyQuestions),
        ([question(f"q{number}") for number in range(4)], errors.TooManyNeeded),
        ([question("a", kind=QuestionKind.CHOICE, choices=choices("x"))], errors.ChoicesMissing),
        ([question("a", kind=QuestionKind.CHOICE, choices=choices("x", "x"))], errors.ChoiceTwice),
        ([question("a", kind=QuestionKind.NUMBER, least=5, most=4)], errors.BoundsReversed),
    ],
    ids=["code twice", "too many", "too many needed", "one choice", "same choice", "bounds"],
)
def test_check_questions_refuses(questions: list[QuestionTerms], refusal: type[RuleViolation]) -> None:
    with pytest.raises(refusal):
        check_questions(questions)


def test_check_questions_counts_each_phase_alone() -> None:
    asked = [question(f"a{number}", optional=True) for number in range(10)]
    later = [question(f"b{number}", phase=QuestionPhase.DETAILS) for number in range(10)]
    check_questions([*asked, *later])
    assert needed_questions([*asked, *later]) == []


@pytest.mark.parametrize("scale, fits", [(0, False), (1, True), (20, True), (21, False)])
def test_check_criteria_keeps_scales_usable(scale: int, fits: bool) -> None:
    criteria = [CriterionTerms("a", TITLE, 100, scale=scale, source=CriterionSource.RURAL)]
    if fits:
        check_criteria(criteria)
    else:
        with pytest.raises(errors.ScaleOutside):
            check_criteria(criteria)


@pytest.mark.parametrize(
    "capacities, refusal",
    [
        ([CapacityTerms(5, "S9")], errors.StopNotFound),
        ([CapacityTerms(5, "", "NO")], errors.UnknownSector),
        ([CapacityTerms(5, "S1"), CapacityTerms(6, "S1")], errors.CapacityTwice),
    ],
    ids=["stop", "sector", "twice"],
)
def test_check_capacities_refuses(capacities: list[CapacityTerms], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check_capacities(capacities, stops=["S1"], sectors=["AGR"])


def test_places_of_a_stop_go_before_those_of_each() -> None:
    told = [
        CapacityTerms(40),
        CapacityTerms(60, "S2"),
        CapacityTerms(25, "", "AGR"),
        CapacityTerms(20, "", "CRAFT"),
        CapacityTerms(30, "S2", "AGR"),
    ]
    first, second = places_of(told, stops=["S1", "S2"])
    assert first == StopPlaces("S1", 40, (("AGR", 25), ("CRAFT", 20)))
    assert second == StopPlaces("S2", 60, (("AGR", 30), ("CRAFT", 20)))
    assert (first.in_sectors, first.is_exceeded, second.is_exceeded) == (45, True, False)


def test_places_that_nobody_told_are_none_and_exceed_nothing() -> None:
    [stop] = places_of([CapacityTerms(10, "", "AGR")], stops=["S1"])
    assert (stop.total, stop.in_sectors, stop.is_exceeded) == (None, 10, False)


def test_coded_choices_keep_their_code_when_moved_reworded_or_joined_by_others() -> None:
    known = [
        {"code": "choice_1", "ar": "نعم", "fr": "Oui", "en": "Yes"},
        {"code": "choice_2", "ar": "لا", "fr": "Non", "en": "No"},
    ]
    moved = coded_choices([Texts("لا", "Non"), Texts("نعم", "Oui")], known)
    assert [(choice.code, choice.texts.en) for choice in moved] == [("choice_2", "No"), ("choice_1", "Yes")]
    reworded = coded_choices([Texts("نعم", "Oui"), Texts("كلا", "Pas du tout")], known)
    assert [(choice.code, choice.texts.en) for choice in reworded] == [("choice_1", "Yes"), ("choice_2", "")]
    joined = coded_choices([Texts("ربما", "Peut-être"), Texts("نعم", "Oui"), Texts("لا", "Non")], known)
    assert [choice.code for choice in joined] == ["choice_3", "choice_1", "choice_2"]


@pytest.mark.parametrize(
    "rules, refusal",
    [
        (CallRules(objections=Texts("اعتراض", "")), errors.ObjectionsInOneLanguage),
        (CallRules(objection_days=2), errors.DaysToObject),
        (CallRules(objection_days=61), errors.DaysToObject),
        (CallRules(reviews_wanted=0), errors.ReviewsWanted),
        (CallRules(offer_hours=0), errors.HoursToAnswer),
        (CallRules(details_due_on=date(2027, 7, 16)), errors.DetailsDueLate),
    ],
    ids=["one language", "few days", "many days", "no review", "no hour", "after the event"],
)
def test_check_rules_refuses(rules: CallRules, refusal: type[RuleViolation]) -> None:
    with pytest.raises(refusal):
        check_rules(rules, last_day=LAST_DAY)


def test_check_rules_takes_usual_ones() -> None:
    check_rules(CallRules(details_due_on=LAST_DAY), last_day=LAST_DAY)
    check_rules(CallRules(details_due_on=LAST_DAY), last_day=None)


def test_change_between_names_what_was_added_removed_changed_and_moved() -> None:
    change = change_between({"a": 1, "b": 2, "c": 3}, {"c": 3, "b": 5, "d": 1})
    assert change == TermsChange(added=("d",), removed=("a",), changed=("b",), reordered=True)
    assert not change_between({"a": 1}, {"a": 1})

"""Which decision leads where, and what may be filed."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from fairapp.events.domain import EventDates, StopDates
from fairapp.foundation.errors import Refusal
from fairapp.registrations import errors
from fairapp.registrations.domain import (
    LEADS_TO,
    POSSIBLE,
    Decision,
    Filing,
    NamedProduct,
    OfferedStop,
    Person,
    RegistrationState,
    StandNeeds,
    check_filing,
    check_reason,
    next_state,
)
from tests import TODAY

S, D = RegistrationState, Decision
ALLOWED = {
    S.DRAFT: set(),
    S.RECEIVED: {D.REVIEW, D.ASK, D.ACCEPT, D.WAITLIST, D.REFUSE, D.WITHDRAW},
    S.UNDER_REVIEW: {D.ASK, D.ACCEPT, D.WAITLIST, D.REFUSE, D.WITHDRAW},
    S.INCOMPLETE: {D.REVIEW, D.ASK, D.ACCEPT, D.WAITLIST, D.REFUSE, D.WITHDRAW},
    S.ACCEPTED: {D.REVIEW, D.WAITLIST, D.REFUSE, D.WITHDRAW},
    S.WAITLISTED: {D.REVIEW, D.ACCEPT, D.REFUSE, D.WITHDRAW},
    S.REFUSED: {D.REVIEW, D.ACCEPT, D.WAITLIST},
    S.WITHDRAWN: set(),
}


@pytest.mark.parametrize("state, decision", list(product(S, D)))
def test_next_state_follows_the_table(state: RegistrationState, decision: Decision) -> None:
    if decision in ALLOWED[state]:
        assert next_state(state, decision) is LEADS_TO[decision]
    else:
        with pytest.raises(errors.DecisionNotPossible):
            next_state(state, decision)


def test_no_decision_leads_to_the_state_it_comes_from() -> None:
    same = {state for state in S for decision in POSSIBLE[state] if LEADS_TO[decision] is state}
    assert same == {S.INCOMPLETE}  # something else may be asked for


@pytest.mark.parametrize("decision", [D.ASK, D.WAITLIST, D.REFUSE])
def test_check_reason_when_missing_refuses(decision: Decision) -> None:
    with pytest.raises(errors.ReasonMissing):
        check_reason(decision, None, {"rank"})


@pytest.mark.parametrize("decision", [D.ACCEPT, D.REVIEW, D.WITHDRAW])
def test_check_reason_when_not_owed_passes(decision: Decision) -> None:
    check_reason(decision, None, {"rank"})
    check_reason(decision, "rank", {"rank"})


def test_check_reason_when_not_of_the_call_refuses() -> None:
    with pytest.raises(errors.ReasonUnknown):
        check_reason(D.REFUSE, "because", {"rank"})


NEXT_WEEK = TODAY + timedelta(days=7)
FILING = Filing(cooperative_code="X", profile=None, people=(Person("ا"),), sectors=("COSM",))
STOPS = (OfferedStop("S1", NEXT_WEEK, cancelled=False), OfferedStop("S2", NEXT_WEEK, cancelled=False))


def _event(closes_on: date = NEXT_WEEK) -> EventDates:
    stops = (StopDates(TODAY, NEXT_WEEK),)
    return EventDates(True, TODAY, closes_on, False, stops)


def _check(filing: Filing, stops: tuple[OfferedStop, ...] = STOPS) -> tuple[str, ...]:
    return check_filing(filing, event=_event(), stops=stops, most_people=2, today=TODAY)


def test_check_filing_returns_the_stops_asked_for() -> None:
    assert _check(replace(FILING, stops=("s2", "S1", "S2"))) == ("S2", "S1")
    assert _check(FILING, STOPS[:1]) == ("S1",)


@pytest.mark.parametrize(
    "changes, refusal",
    [
        pytest.param({}, errors.StopMissing, id="no stop"),
        pytest.param({"stops": ("S9",)}, errors.StopNotOffered, id="unknown stop"),
        pytest.param({"stops": ("S1",), "sectors": ()}, errors.SectorMissing, id="no sector"),
        pytest.param({"stops": ("S1",), "people": ()}, errors.RepresentativeMissing, id="nobody"),
        pytest.param(
            {"stops": ("S1",), "people": (Person("ا"),) * 3}, errors.TooManyRepresentatives, id="three"
        ),
        pytest.param(
            {"stops": ("S1",), "needs": StandNeeds(width_cm=50)}, errors.WidthNotOffered, id="narrow"
        ),
    ],
)
def test_check_filing_when_the_event_does_not_take_it_refuses(
    changes: dict[str, object], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        _check(replace(FILING, **changes))  # type: ignore[arg-type] # values above


@pytest.mark.parametrize(
    "stop",
    [
        pytest.param(OfferedStop("S1", NEXT_WEEK, cancelled=True), id="cancelled"),
        pytest.param(OfferedStop("S1", TODAY - timedelta(days=1), cancelled=False), id="over"),
    ],
)
def test_check_filing_when_a_stop_is_not_open_refuses(stop: OfferedStop) -> None:
    with pytest.raises(errors.StopNotOffered):
        _check(replace(FILING, stops=("S1",)), (stop, STOPS[1]))
    with pytest.raises(errors.StopMissing):
        _check(FILING, (stop,))


def test_check_filing_when_registration_is_closed_refuses() -> None:
    closed = _event(TODAY - timedelta(days=1))
    with pytest.raises(errors.RegistrationClosed):
        check_filing(FILING, event=closed, stops=STOPS, most_people=2, today=TODAY)


def test_all_sectors_are_those_named_and_those_of_products() -> None:
    filing = replace(FILING, products=(NamedProduct("ا", "CRAFT"), NamedProduct("ب", "COSM")))
    assert filing.all_sectors() == ("COSM", "CRAFT")

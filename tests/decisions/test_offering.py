"""Whom a freed place is offered to, and until when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fairapp.decisions.domain.offering import (
    Choice,
    Passed,
    PassedOver,
    Waiting,
    deadline_of,
    in_order,
    next_to_offer,
)
from fairapp.events.domain import QuotaKind
from fairapp.selection.domain.rules import Entry, PlaceRule, QuotaRule, Rules
from tests import NOW

WOMEN = QuotaRule(QuotaKind.WOMEN_LED, 50)


def entry(
    reference: str, *stops: str, sectors: tuple[str, ...] = ("AGR-HONEY", "AGR"), women_led: bool = False
) -> Entry:
    return Entry(reference=reference, stops=stops or ("S1",), sectors=sectors, women_led=women_led)


def waits(one: Entry, rank: int | None = None, *, hours: int = 0, barred: Passed | None = None) -> Waiting:
    return Waiting(one, rank, NOW + timedelta(hours=hours), barred)


def choose(
    *waiting: Waiting,
    stops: tuple[str, ...] = ("S1",),
    holding: tuple[Entry, ...] = (),
    places: tuple[PlaceRule, ...] = (),
    quotas: tuple[QuotaRule, ...] = (),
) -> Choice:
    rules = Rules(criteria=(), quotas=quotas, places=places, stops=("S1", "S2"), seed="")
    return next_to_offer(stops, waiting, holding=holding, rules=rules)


def test_the_list_goes_by_rank_then_by_receipt() -> None:
    late, early = waits(entry("LATE"), hours=2), waits(entry("EARLY"), hours=1)
    second, first = waits(entry("B"), 2), waits(entry("A"), 1, hours=9)
    assert in_order([late, second, early, first]) == [first, second, early, late]


def test_nobody_waits() -> None:
    assert choose() == Choice(None, 0, ())


def test_the_first_of_the_list_is_chosen() -> None:
    assert choose(waits(entry("B"), 2), waits(entry("A"), 1)) == Choice("A", 1, ())


@pytest.mark.parametrize("why", [Passed.SKIPPED, Passed.DECLINED, Passed.HAS_OFFER, Passed.EXPIRED])
def test_who_is_barred_is_passed_over_with_the_reason(why: Passed) -> None:
    found = choose(waits(entry("A"), 1, barred=why), waits(entry("B"), 2))
    assert found == Choice("B", 2, (PassedOver("A", why),))


def test_another_stop_does_not_fit() -> None:
    found = choose(waits(entry("A", "S2"), 1), waits(entry("B", "S1", "S2"), 2), waits(entry("C", "S1"), 3))
    assert found.reference == "C"
    assert [passed.why for passed in found.passed] == [Passed.OTHER_STOP, Passed.OTHER_STOP]


def test_part_of_the_stops_fits() -> None:
    assert choose(waits(entry("A", "S2"), 1), stops=("S1", "S2")).reference == "A"


def test_a_full_stop_takes_nobody() -> None:
    found = choose(waits(entry("A"), 1), holding=(entry("H"),), places=(PlaceRule("", "", 1),))
    assert found == Choice(None, 0, (PassedOver("A", Passed.STOP_FULL),))


def test_a_full_sector_is_passed_over_for_one_with_room() -> None:
    oil = ("AGR-OLIVE", "ARG")
    found = choose(
        waits(entry("A"), 1),
        waits(entry("B", sectors=oil), 2),
        holding=(entry("H"),),
        places=(PlaceRule("", "", 5), PlaceRule("S1", "AGR-HONEY", 1), PlaceRule("", "AGR-OLIVE", 2)),
    )
    assert found == Choice("B", 2, (PassedOver("A", Passed.SECTOR_FULL),))


def test_what_is_said_of_a_stop_goes_before_what_is_said_of_each() -> None:
    places = (PlaceRule("", "", 1), PlaceRule("S1", "", 2))
    assert choose(waits(entry("A"), 1), holding=(entry("H"),), places=places).reference == "A"


def test_an_unmet_quota_goes_to_its_group() -> None:
    found = choose(
        waits(entry("A"), 1),
        waits(entry("B", women_led=True), 2),
        holding=(entry("H"),),
        places=(PlaceRule("", "", 2),),
        quotas=(WOMEN,),
    )
    assert found == Choice("B", 2, (PassedOver("A", Passed.QUOTA, "women_led"),))


def test_a_met_quota_changes_nothing() -> None:
    found = choose(
        waits(entry("A"), 1),
        waits(entry("B", women_led=True), 2),
        holding=(entry("H", women_led=True),),
        places=(PlaceRule("", "", 2),),
        quotas=(WOMEN,),
    )
    assert found.reference == "A"


def test_a_quota_without_anybody_of_the_group_leaves_no_place_empty() -> None:
    assert choose(waits(entry("A"), 1), quotas=(replace(WOMEN, least_percent=100),)).reference == "A"


@pytest.mark.parametrize(
    "now, hours, expected",
    [
        (datetime(2027, 5, 20, 9, 30, tzinfo=UTC), 48, datetime(2027, 5, 22, 9, 30, tzinfo=UTC)),
        (datetime(2027, 5, 20, 21, 0, tzinfo=UTC), 24, datetime(2027, 5, 22, 10, 0, tzinfo=UTC)),
        (datetime(2027, 5, 20, 3, 0, tzinfo=UTC), 24, datetime(2027, 5, 21, 10, 0, tzinfo=UTC)),
        (datetime(2027, 5, 20, 8, 0, tzinfo=UTC), 12, datetime(2027, 5, 21, 10, 0, tzinfo=UTC)),
    ],
    ids=["by day", "late evening", "before morning", "at eight in the evening"],
)
def test_a_deadline_never_falls_into_the_night(now: datetime, hours: int, expected: datetime) -> None:
    assert deadline_of(now, hours=hours) == expected

"""The ranking: order, draw, places per stop and sector, quotas, proposals, and its record."""

import hashlib
import json
import random
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairapp.events.domain import CriterionSource
from fairapp.selection.domain.ranking import Ranking, draw_key, places_at, rank
from fairapp.selection.domain.record import (
    hash_of,
    read_entries,
    read_rules,
    write_entries,
    write_result,
    write_rules,
)
from fairapp.selection.domain.rules import CriterionRule, Entry, PlaceRule, Rules
from fairapp.selection.domain.whatif import Question, changed, difference
from fairapp.selection.domain.words import Proposal
from tests.selection.entries import entry, quota, rules


def order(ranking: Ranking) -> list[str]:
    return [ranked.reference for ranked in ranking.ranked]


def proposals(ranking: Ranking) -> dict[str, str | None]:
    return {ranked.reference: ranked.proposal and ranked.proposal.value for ranked in ranking.ranked}


def test_the_most_points_come_first_and_get_the_places() -> None:
    ranking = rank([entry("A", 4), entry("B", 9), entry("C", 7)], rules())
    assert order(ranking) == ["B", "C", "A"]
    assert proposals(ranking) == {"B": "accept", "C": "accept", "A": "waitlist"}
    [first, _second, last] = ranking.ranked
    assert (first.overall, first.standing.rank, first.standing.of, first.standing.places) == (1, 1, 3, 2)
    assert (first.standing.category, first.stops, first.reason_code) == ("S1:", ("S1",), None)
    assert (last.standing.rank, last.reason_code, last.stops) == (3, "rank", ())


def test_the_waiting_list_has_an_end() -> None:
    ranking = rank(
        [entry(letter, points) for points, letter in enumerate("EDCBA")], rules(waiting_percent=50)
    )
    assert [ranked.proposal for ranked in ranking.ranked] == [
        Proposal.ACCEPT,
        Proposal.ACCEPT,
        Proposal.WAITLIST,
        Proposal.REFUSE,
        Proposal.REFUSE,
    ]


def test_equal_points_are_put_in_order_by_the_published_draw() -> None:
    entries = [entry(reference, 5) for reference in ("K7QM4T2X", "B2B2B2B2", "Z9Z9Z9Z9")]
    ranking = rank(entries, rules(seed="notary 17"))
    drawn = sorted(
        (hashlib.sha256(b"notary 17" + found.reference.encode()).hexdigest(), found.reference)
        for found in entries
    )
    assert order(ranking) == [reference for _key, reference in drawn]
    assert [ranked.standing.tied_with for ranked in ranking.ranked] == [2, 2, 2]
    assert draw_key("notary 17", "K7QM4T2X") == hashlib.sha256(b"notary 17K7QM4T2X").hexdigest()


def test_who_was_not_reviewed_is_not_ranked() -> None:
    ranking = rank([entry("A", 4), entry("B")], rules())
    assert (order(ranking), ranking.unscored) == (["A"], ("B",))


def test_without_a_committee_facts_alone_rank() -> None:
    only_rural = CriterionRule("rural", 100, 1, CriterionSource.RURAL)
    ranking = rank([entry("A"), entry("B", rural=True)], rules(criteria=(only_rural,)))
    assert order(ranking) == ["B", "A"]


def test_without_places_nothing_is_proposed() -> None:
    ranking = rank([entry("A", 4)], rules(places=()))
    assert (proposals(ranking), ranking.stops[0].places) == ({"A": None}, None)


def test_each_sector_has_its_places_and_its_rank() -> None:
    places = (PlaceRule("", "", 3), PlaceRule("S1", "AGR", 1))
    entries = [
        entry("A", 9, sectors=("AGR-HONEY", "AGR")),
        entry("B", 8, sectors=("AGR-OLIVE", "AGR")),
        entry("C", 2, sectors=("RUG", "CRAFT")),
    ]
    ranking = rank(entries, rules(places=places))
    assert [
        (ranked.standing.category, ranked.standing.rank, ranked.standing.of) for ranked in ranking.ranked
    ] == [
        ("S1:AGR", 1, 2),
        ("S1:AGR", 2, 2),
        ("S1:", 1, 1),
    ]
    assert proposals(ranking) == {"A": "accept", "B": "waitlist", "C": "accept"}
    assert ranking.ranked[1].reason_code == "sector_full"


def test_a_stops_own_places_go_before_those_of_each_stop() -> None:
    told = rules(
        places=(PlaceRule("", "", 5), PlaceRule("S2", "", 9), PlaceRule("", "AGR", 2)), stops=("S1", "S2")
    )
    assert places_at(told, "S1") == {"AGR": 2, "": 3}
    assert places_at(told, "S2") == {"AGR": 2, "": 7}


def test_who_asks_for_several_stops_is_ranked_at_each() -> None:
    told = rules(places=(PlaceRule("S1", "", 1), PlaceRule("S2", "", 1)), stops=("S1", "S2"))
    entries = [
        entry("A", 9),
        entry("B", 8, stops=("S1", "S2")),
        entry("C", 7, stops=("S2",)),
        entry("D", 6, stops=("S3",)),
    ]
    ranking = rank(entries, told)
    assert order(ranking) == ["A", "B", "C"]  # S3 is not held
    both = ranking.ranked[1]
    assert [(standing.category, standing.rank, standing.of) for standing in both.standings] == [
        ("S1:", 2, 2),
        ("S2:", 1, 2),
    ]
    assert (both.proposal, both.standing.category, both.stops) == (Proposal.ACCEPT, "S2:", ("S2",))


def test_a_quota_moves_up_the_best_of_its_group_and_says_so() -> None:
    entries = [entry("A", 9), entry("B", 8), entry("C", 3, women_led=True), entry("D", 2, women_led=True)]
    ranking = rank(entries, rules(quotas=(quota("women_led", 50),)))
    assert proposals(ranking) == {"A": "accept", "B": "waitlist", "C": "accept", "D": "waitlist"}
    by_reference = {ranked.reference: ranked.standing for ranked in ranking.ranked}
    assert by_reference["C"].lifted_by == "women_led"
    assert by_reference["B"].gave_way_to == "women_led"
    [women] = ranking.stops[0].quotas
    assert (women.asked, women.plain, women.reached, women.missing) == (1, 0, 1, 0)


def test_quotas_of_provinces_and_sectors() -> None:
    entries = [
        entry("A", 9),
        entry("B", 8),
        entry("C", 3, province="05.301"),
        entry("D", 2, sectors=("RUG", "ART")),
    ]
    told = rules(quotas=(quota("province", 50, "05.301"), quota("sector", 50, "ART")))
    assert proposals(rank(entries, told)) == {"A": "waitlist", "B": "waitlist", "C": "accept", "D": "accept"}


def test_what_if_more_places() -> None:
    entries = [entry(letter, points) for points, letter in enumerate("EDCBA")]
    before = rank(entries, rules())
    after = rank(entries, changed(rules(), Question(more=2, category="S1:")))
    assert [ranked.reference for ranked in difference(before, after).comes_in] == ["C", "D"]
    assert difference(before, after).falls_out == ()


def test_what_if_more_places_in_one_sector_of_one_stop() -> None:
    told = rules(places=(PlaceRule("", "", 5), PlaceRule("", "AGR", 2)), stops=("S1", "S2"))
    asked = changed(told, Question(more=3, category="S2:AGR"))
    assert places_at(asked, "S1") == {"AGR": 2, "": 3}
    assert places_at(asked, "S2") == {"AGR": 5, "": 3}


def test_what_if_a_quota_were_higher() -> None:
    told = rules(quotas=(quota("women_led", 0),))
    entries = [entry("A", 9), entry("B", 8), entry("C", 3, women_led=True)]
    before, after = rank(entries, told), rank(entries, changed(told, Question(quotas={"women_led": 50})))
    found = difference(before, after)
    assert [ranked.reference for ranked in found.comes_in] == ["C"]
    assert [ranked.reference for ranked in found.falls_out] == ["B"]


def test_what_if_a_criterion_were_left_out() -> None:
    told = rules(
        criteria=(CriterionRule("quality", 60, 10), CriterionRule("fresh", 40, 10)),
        places=(PlaceRule("", "", 1),),
    )
    entries = [
        entry("A", {"r1": {"quality": 10, "fresh": 0}}),
        entry("B", {"r1": {"quality": 5, "fresh": 10}}),
    ]
    assert order(rank(entries, told)) == ["B", "A"]
    assert order(rank(entries, changed(told, Question(without=frozenset({"fresh"}))))) == ["A", "B"]


letters = st.sampled_from(["AGR", "ART", "COS"])
facts: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "women_led": st.booleans(),
        "youth": st.booleans(),
        "rural": st.booleans(),
        "province": st.sampled_from(["05.301", "05.091", ""]),
        "sectors": st.lists(letters, max_size=2, unique=True).map(tuple),
        "stops": st.lists(st.sampled_from(["S1", "S2"]), min_size=1, max_size=2, unique=True).map(tuple),
    }
)


@st.composite
def fields(draw: st.DrawFn) -> list[Entry]:
    found = draw(st.lists(st.tuples(facts, st.lists(st.integers(0, 10), max_size=3)), max_size=14))
    return [
        Entry(
            f"REF{number:05}",
            scores={f"r{who}": {"quality": points} for who, points in enumerate(scores)},
            **given_facts,
        )
        for number, (given_facts, scores) in enumerate(found)
    ]


@st.composite
def any_rules(draw: st.DrawFn) -> Rules:
    places = st.builds(
        PlaceRule, st.sampled_from(["", "S1", "S2"]), st.sampled_from(["", "AGR", "ART"]), st.integers(0, 6)
    )
    quotas = [
        quota("women_led", draw(st.integers(0, 100))),
        quota("youth", draw(st.integers(0, 60))),
        quota("province", draw(st.integers(0, 40)), "05.301"),
    ]
    return rules(
        places=tuple(draw(st.lists(places, max_size=4, unique_by=lambda rule: (rule.stop, rule.sector)))),
        quotas=tuple(quotas[: draw(st.integers(0, 3))]),
        stops=("S1", "S2"),
        seed=draw(st.text(max_size=5)),
        waiting_percent=draw(st.integers(0, 100)),
    )


@settings(max_examples=150, deadline=None)
@given(fields(), any_rules(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(
    entries: list[Entry], told: Rules, dice: random.Random
) -> None:
    shuffled = list(entries)
    dice.shuffle(shuffled)
    assert rank(shuffled, told) == rank(entries, told)


@settings(max_examples=150, deadline=None)
@given(fields(), any_rules())
def test_a_record_gives_the_same_result_and_hash(entries: list[Entry], told: Rules) -> None:
    found = write_result(rank(entries, told))
    kept_rules = json.loads(json.dumps(write_rules(told)))
    kept_input = json.loads(json.dumps(write_entries(entries)))
    again = write_result(rank(read_entries(kept_input), read_rules(kept_rules)))
    assert again == found
    assert hash_of(again) == hash_of(json.loads(json.dumps(found)))


@settings(max_examples=50, deadline=None)
@given(fields(), any_rules(), any_rules())
def test_points_that_are_known_are_not_computed_again(
    entries: list[Entry], told: Rules, other: Rules
) -> None:
    known = {ranked.reference: ranked.points for ranked in rank(entries, other).ranked}
    assert rank(entries, told, known=known) == rank(entries, told)


@settings(max_examples=150, deadline=None)
@given(fields(), any_rules())
def test_what_always_holds(entries: list[Entry], told: Rules) -> None:
    ranking = rank(entries, told)
    assert len(ranking.ranked) + len(ranking.unscored) == len(entries)
    assert [ranked.overall for ranked in ranking.ranked] == list(range(1, len(ranking.ranked) + 1))
    for result in ranking.stops:
        standings = [
            standing
            for ranked in ranking.ranked
            for standing in ranked.standings
            if standing.stop == result.stop
        ]
        taken = sum(standing.proposal is Proposal.ACCEPT for standing in standings)
        assert (taken, len(standings)) == (result.taken, result.candidates)
        for sector, places in (places_at(told, result.stop) or {}).items():
            inside = [standing for standing in standings if standing.sector == sector]
            accepted = sum(standing.proposal is Proposal.ACCEPT for standing in inside)
            assert accepted == min(places, len(inside))
            assert [standing.rank for standing in inside] == list(range(1, len(inside) + 1))
        lifted = sum(standing.lifted_by is not None for standing in standings)
        assert lifted == sum(standing.gave_way_to is not None for standing in standings)
    for ranked in ranking.ranked:
        assert (ranked.reason_code is None) == (ranked.proposal in (None, Proposal.ACCEPT))


def test_an_unknown_version_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="99"):
        read_rules({**write_rules(rules()), "version": 99})


def test_five_thousand_registrations_with_three_reviews_take_less_than_two_seconds() -> None:
    dice = random.Random(7)
    scored = tuple(CriterionRule(f"c{number}", 20, 5) for number in range(4))
    criteria = (*scored, CriterionRule("women", 20, 1, CriterionSource.WOMEN_LED))
    entries = [
        entry(
            f"R{number:07}",
            {f"r{who}": {f"c{code}": dice.randint(0, 5) for code in range(4)} for who in range(3)},
            women_led=dice.random() < 0.3,
            youth=dice.random() < 0.2,
            rural=dice.random() < 0.5,
            sectors=(dice.choice(["AGR", "ART", "COS"]),),
        )
        for number in range(5000)
    ]
    told = rules(
        criteria=criteria,
        places=(PlaceRule("", "", 600), PlaceRule("", "AGR", 300)),
        quotas=(quota("women_led", 60), quota("youth", 40), quota("rural", 70)),
    )
    started = time.process_time()
    ranking = rank(entries, told)
    took = time.process_time() - started
    assert sum(found.missing for found in ranking.stops[0].quotas) == 0
    assert took < 2

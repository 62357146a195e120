"""Places and quotas of one stop."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairapp.selection.domain.quotas import Candidate, Move, asked_places, choose


def people(*words: str) -> list[Candidate]:
    """Return candidates best first; `w2` is number 2 with the quota `w`."""
    return [Candidate(word, "", frozenset(letter for letter in word if letter in "wyp")) for word in words]


def missing(candidates: list[Candidate], chosen: frozenset[str], asked: dict[str, int]) -> int:
    return sum(
        max(
            0,
            count
            - sum(1 for candidate in candidates if candidate.reference in chosen and key in candidate.quotas),
        )
        for key, count in asked.items()
    )


@pytest.mark.parametrize(
    "places, percent, asked", [(60, 30, 18), (7, 30, 3), (0, 50, 0), (5, 0, 0), (3, 100, 3)]
)
def test_a_share_of_places_is_rounded_up(places: int, percent: int, asked: int) -> None:
    assert asked_places(places, percent) == asked


def test_without_quotas_the_best_get_the_places() -> None:
    choice = choose(people("1", "2", "3"), places={"": 2}, asked={})
    assert (choice.chosen, choice.moves) == (frozenset({"1", "2"}), ())


def test_a_quota_that_is_met_changes_nothing() -> None:
    choice = choose(people("w1", "2", "w3"), places={"": 2}, asked={"w": 1})
    assert (choice.chosen, choice.moves) == (frozenset({"w1", "2"}), ())


def test_the_best_of_the_group_comes_in_and_the_last_gives_way() -> None:
    choice = choose(people("1", "2", "w3", "w4"), places={"": 2}, asked={"w": 1})
    assert choice.chosen == frozenset({"1", "w3"})
    assert choice.moves == (Move("w3", "2", "w"),)
    [quota] = choice.quotas
    assert (quota.asked, quota.plain, quota.reached, quota.candidates, quota.missing) == (1, 0, 1, 2, 0)


def test_whom_another_quota_needs_does_not_give_way() -> None:
    choice = choose(people("1", "y2", "w3"), places={"": 2}, asked={"w": 1, "y": 1})
    assert choice.chosen == frozenset({"y2", "w3"})


def test_one_for_two_quotas_is_moved_before_two_for_one_each() -> None:
    choice = choose(people("1", "2", "w3", "y4", "wy5"), places={"": 2}, asked={"w": 1, "y": 1})
    assert choice.chosen == frozenset({"1", "wy5"})


def test_what_is_missing_is_told() -> None:
    choice = choose(people("1", "2", "w3"), places={"": 2}, asked={"w": 2})
    [quota] = choice.quotas
    assert (quota.reached, quota.missing, quota.lacks_candidates) == (1, 1, True)


def test_nobody_comes_in_from_another_category() -> None:
    candidates = [Candidate("1", "A", frozenset()), Candidate("w2", "B", frozenset("w"))]
    choice = choose(candidates, places={"A": 1, "B": 0}, asked={"w": 1})
    assert choice.chosen == frozenset({"1"})
    assert choice.quotas[0].missing == 1
    assert not choice.quotas[0].lacks_candidates


def test_two_exchanges_help_where_none_helps_alone() -> None:
    # wy1 serves both quotas; p needs a place, and only giving up and regaining together can do it
    candidates = people("wy1", "2", "w3", "py4", "p5")
    choice = choose(candidates, places={"": 2}, asked={"w": 1, "y": 1, "p": 1})
    assert missing(candidates, choice.chosen, {"w": 1, "y": 1, "p": 1}) == 0


fields = st.lists(st.sampled_from(["", "w", "y", "p", "wy", "wp", "yp", "wyp"]), min_size=1, max_size=9)
disjoint = st.lists(st.sampled_from(["", "w", "y", "p"]), min_size=1, max_size=9)
wanted = st.fixed_dictionaries({"w": st.integers(0, 4), "y": st.integers(0, 4), "p": st.integers(0, 4)})


def numbered(groups: list[str], categories: list[str]) -> list[Candidate]:
    return [
        Candidate(f"{number}", category, frozenset(group))
        for number, (group, category) in enumerate(zip(groups, categories, strict=True))
    ]


@st.composite
def cases(
    draw: st.DrawFn, groups: st.SearchStrategy[list[str]] = fields
) -> tuple[list[Candidate], dict, dict]:
    found = draw(groups)
    categories = draw(st.lists(st.sampled_from(["A", "B"]), min_size=len(found), max_size=len(found)))
    places = {"A": draw(st.integers(0, 5)), "B": draw(st.integers(0, 5))}
    return numbered(found, categories), places, draw(wanted)


def every_choice(candidates: list[Candidate], places: dict[str, int]) -> list[frozenset[str]]:
    """Return every way to give as many places of each category as there are takers."""
    per_category = []
    for category, count in places.items():
        inside = [candidate.reference for candidate in candidates if candidate.category == category]
        per_category.append(itertools.combinations(inside, min(count, len(inside))))
    return [frozenset(itertools.chain(*parts)) for parts in itertools.product(*per_category)]


@settings(max_examples=300, deadline=None)
@given(cases())
def test_no_other_choice_meets_more_of_the_quotas(case: tuple[list[Candidate], dict, dict]) -> None:
    candidates, places, asked = case
    choice = choose(candidates, places=places, asked=asked)
    least = min(missing(candidates, other, asked) for other in every_choice(candidates, places))
    assert missing(candidates, choice.chosen, asked) == least


@settings(max_examples=300, deadline=None)
@given(cases(disjoint))
def test_quotas_that_do_not_overlap_cost_the_fewest_changes(case: tuple[list[Candidate], dict, dict]) -> None:
    candidates, places, asked = case
    choice = choose(candidates, places=places, asked=asked)
    plain = choose(candidates, places=places, asked={}).chosen
    least = missing(candidates, choice.chosen, asked)
    others = [
        other for other in every_choice(candidates, places) if missing(candidates, other, asked) <= least
    ]
    assert len(plain - choice.chosen) == min(len(plain - other) for other in others)


@settings(max_examples=200, deadline=None)
@given(cases())
def test_places_are_kept_and_every_change_has_its_move(case: tuple[list[Candidate], dict, dict]) -> None:
    candidates, places, asked = case
    choice = choose(candidates, places=places, asked=asked)
    plain = choose(candidates, places=places, asked={}).chosen
    for category, count in places.items():
        inside = [candidate for candidate in candidates if candidate.category == category]
        taken = [candidate for candidate in inside if candidate.reference in choice.chosen]
        assert len(taken) == min(count, len(inside))
    assert {move.lifted for move in choice.moves} == choice.chosen - plain
    assert {move.gave_way for move in choice.moves} == plain - choice.chosen
    category_of = {candidate.reference: candidate.category for candidate in candidates}
    assert all(category_of[move.lifted] == category_of[move.gave_way] for move in choice.moves)
    # within one group of one category nobody is passed over
    for first, second in itertools.pairwise(candidates):
        if (first.category, first.quotas) == (second.category, second.quotas):
            assert first.reference in choice.chosen or second.reference not in choice.chosen

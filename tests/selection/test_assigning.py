"""Who reviews what."""

import itertools
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairapp.selection.domain.assigning import File, Judge, assign, may_review

FILE = File(1, "REF1", cooperative_id=7, commune="azrou", province="03.271", network_ids=frozenset({4}))


@pytest.mark.parametrize(
    "judge, may",
    [
        (Judge(1), True),
        (Judge(1, commune="azrou"), False),
        (Judge(1, commune="azrou", province="03.271"), False),
        (Judge(1, commune="azrou", province="05.301"), True),  # another commune of that name
        (Judge(1, commune="midelt", province="03.271"), True),
        (Judge(1, network_id=4), False),
        (Judge(1, network_id=5), True),
        (Judge(1, conflicts=frozenset({7})), False),
        (Judge(1, conflicts=frozenset({8})), True),
    ],
)
def test_who_may_review(judge: Judge, may: bool) -> None:
    assert may_review(judge, FILE) is may


def test_files_without_enough_reviewers_are_told() -> None:
    judges = [Judge(1, commune="azrou"), Judge(2)]
    plan = assign([FILE], judges, held=(), wanted=2, seed="s")
    assert (plan.pairs, plan.lacking) == (((1, 2),), {1: 1})


def test_what_is_held_stays_and_counts() -> None:
    plan = assign([FILE], [Judge(1), Judge(2)], held={(1, 1)}, wanted=2, seed="s")
    assert (plan.pairs, plan.lacking) == (((1, 2),), {})


def test_files_that_few_may_judge_come_first() -> None:
    files = [File(number, f"R{number}", number) for number in range(1, 6)]
    files.append(File(9, "R9", 9, commune="azrou"))
    judges = [Judge(1), Judge(2, commune="azrou"), Judge(3, commune="azrou")]
    plan = assign(files, judges, held=(), wanted=1, seed="s")
    assert (9, 1) in plan.pairs
    assert max(Counter(judge for _file, judge in plan.pairs).values()) == 2


communes = st.sampled_from(["", "azrou", "midelt", "aknoul"])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(communes, st.integers(1, 4)), max_size=15),
    st.lists(st.tuples(communes, st.sampled_from([None, 1, 2])), max_size=5),
    st.integers(1, 3),
    st.text(max_size=4),
)
def test_what_always_holds(
    places: list[tuple[str, int]], homes: list[tuple[str, int | None]], wanted: int, seed: str
) -> None:
    files = [
        File(number, f"R{number}", number, commune=commune, network_ids=frozenset({network}))
        for number, (commune, network) in enumerate(places)
    ]
    judges = [
        Judge(number, commune=commune, network_id=network) for number, (commune, network) in enumerate(homes)
    ]
    plan = assign(files, judges, held=(), wanted=wanted, seed=seed)
    assert assign(files[::-1], judges[::-1], held=(), wanted=wanted, seed=seed).pairs == plan.pairs
    assert len(set(plan.pairs)) == len(plan.pairs)
    for file in files:
        given_to = [judge for file_id, judge in plan.pairs if file_id == file.id]
        able = [judge.id for judge in judges if may_review(judge, file)]
        assert set(given_to) <= set(able)
        assert len(given_to) == min(wanted, len(able))
        assert plan.lacking.get(file.id, 0) == wanted - len(given_to)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 30), st.integers(1, 6), st.integers(1, 3))
def test_loads_are_in_balance(files: int, judges: int, wanted: int) -> None:
    plan = assign(
        [File(number, f"R{number}", number) for number in range(files)],
        [Judge(number) for number in range(judges)],
        held=(),
        wanted=wanted,
        seed="s",
    )
    loads = Counter(dict.fromkeys(range(judges), 0))
    loads.update(judge for _file, judge in plan.pairs)
    assert max(loads.values()) - min(loads.values()) <= 1


def test_a_new_reviewer_gets_what_is_left() -> None:
    files = [File(number, f"R{number}", number) for number in range(4)]
    first = assign(files, [Judge(1)], held=(), wanted=2, seed="s")
    second = assign(files, [Judge(1), Judge(2)], held=first.pairs, wanted=2, seed="s")
    assert second.pairs == tuple(itertools.product(sorted(file.id for file in files), [2])) or {
        judge for _file, judge in second.pairs
    } == {2}
    assert second.lacking == {}

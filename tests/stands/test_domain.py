"""Who may hold which stand, which stand suits, and how blocks are laid."""

from dataclasses import replace

import pytest

from fairapp.stands import errors
from fairapp.stands.domain import (
    AllocationCase,
    GridPlan,
    Need,
    StandKind,
    StandNeeds,
    StandPlan,
    by_fit,
    check_allocation,
    code_order,
    lay_grid,
    needed,
    unmet,
)

CASE = AllocationCase(
    stand_code="A-14",
    kind=StandKind.EXHIBITOR,
    taken=False,
    stop_cancelled=False,
    accepted=True,
    asks_for_stop=True,
    stands_held=0,
    quota=1,
)


def test_check_allocation_of_free_stand_to_accepted_registration_passes() -> None:
    check_allocation(CASE)


@pytest.mark.parametrize(
    "change,refusal",
    [
        ({"taken": True}, errors.StandTaken),
        ({"kind": StandKind.SERVICE}, errors.NotForExhibitors),
        ({"stop_cancelled": True}, errors.StopIsCancelled),
        ({"accepted": False}, errors.NotAccepted),
        ({"asks_for_stop": False}, errors.StopNotAsked),
        ({"stands_held": 1}, errors.QuotaReached),
    ],
)
def test_check_allocation_against_a_rule_is_refused(
    change: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        check_allocation(replace(CASE, **change))  # type: ignore[arg-type] # values of the test


def test_unmet_needs_name_what_the_stand_lacks() -> None:
    needs = StandNeeds(width_cm=400, power=True, water=True, step_free=True)
    assert needed(needs) == (Need.WIDTH, Need.POWER, Need.WATER, Need.STEP_FREE)
    assert unmet(needs, StandPlan("A-1", power=True)) == (Need.WIDTH, Need.WATER, Need.STEP_FREE)
    assert unmet(StandNeeds(width_cm=300), StandPlan("A-1")) == ()


def test_by_fit_keeps_water_and_width_for_those_who_need_them() -> None:
    stands = [
        StandPlan("A-4", width_cm=600, power=True),
        StandPlan("A-3", power=True, water=True),
        StandPlan("A-10", power=True),
        StandPlan("A-2", power=True),
        StandPlan("A-1"),
    ]
    found = by_fit(StandNeeds(width_cm=300, power=True), stands)
    assert [stand.code for stand in found] == ["A-2", "A-10", "A-4", "A-3", "A-1"]


def test_code_order_counts_numbers_as_numbers() -> None:
    assert sorted(["B-1", "A-10", "A-2"], key=code_order) == ["A-2", "A-10", "B-1"]


def test_lay_grid_back_to_back_leaves_an_aisle_after_two_rows() -> None:
    stands = lay_grid(GridPlan(prefix="A", rows=3, columns=2))
    assert [(stand.code, stand.x_cm, stand.y_cm) for stand in stands] == [
        ("A-01", 0, 0),
        ("A-02", 300, 0),
        ("A-03", 0, 300),
        ("A-04", 300, 300),
        ("A-05", 0, 900),
        ("A-06", 300, 900),
    ]
    assert all(stand.corner for stand in stands)


def test_lay_grid_lies_below_what_is_there_unless_placed() -> None:
    grid = GridPlan(prefix="A", rows=1, columns=1, back_to_back=False)
    assert lay_grid(grid, [(900, 600)])[0].y_cm == 900
    assert lay_grid(replace(grid, x_cm=100, y_cm=50), [(900, 600)])[0].y_cm == 50


def test_lay_grid_of_more_than_any_site_holds_is_refused() -> None:
    with pytest.raises(errors.TooManyStands):
        lay_grid(GridPlan(prefix="A", rows=100, columns=100))

"""Geometry of charts: a zero floor, time from right to left in Arabic, gaps where nothing was measured."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairapp.statistics.charts import Point, columns, nice_top, trend


def test_columns_stand_on_one_floor_and_the_highest_fills_the_room() -> None:
    low, high = columns([50, 100], rtl=False)

    assert (low.height, high.height) == (35.0, 70.0)
    assert low.y + low.height == high.y + high.height == 86.0
    assert low.middle < high.middle


def test_columns_run_from_right_to_left_in_arabic() -> None:
    first, second, third = columns([1, 2, 3], rtl=True)

    assert first.middle > second.middle > third.middle
    assert second.middle == 50.0


def test_a_day_without_a_figure_has_no_height() -> None:
    assert [column.height for column in columns([None, 10], rtl=False)] == [0, 70.0]


def test_a_trend_is_interrupted_where_nothing_was_measured() -> None:
    drawn = trend([10, 20, None, 40, 30], rtl=False)

    assert drawn.points[2] == Point(54.0, None)
    assert drawn.line.count("M") == 2
    assert drawn.area.count("z") == 2


def test_a_trend_of_one_year_is_a_point_in_the_middle() -> None:
    drawn = trend([10], rtl=True)

    assert [point.x for point in drawn.points] == [50.0]
    assert drawn.line == ""


@pytest.mark.parametrize("highest,top", [(1, 4), (39, 40), (41, 80), (100, 100), (101, 200)])
def test_the_axis_ends_at_a_round_value(highest: int, top: int) -> None:
    assert nice_top(highest) == top


@settings(deadline=None)
@given(st.lists(st.none() | st.integers(0, 10**12), min_size=1, max_size=12), st.booleans())
def test_every_part_lies_inside_the_box(values: list[int | None], rtl: bool) -> None:
    for column in columns(values, rtl=rtl):
        assert 0 <= column.x <= 100 - column.width
        assert 0 <= column.y <= 86.0
    for point in trend(values, rtl=rtl).points:
        assert 0 <= point.x <= 100
        assert point.y is None or 12 <= point.y <= 78

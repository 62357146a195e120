"""Where the parts of a chart lie, in percent of its box; time runs from right to left in Arabic.

Pure geometry: no text, no markup. The templates of `components/charts.html` draw it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

_COLUMN_FLOOR, _COLUMN_ROOM = 86.0, 70.0
_TREND_FLOOR, _TREND_ROOM = 78.0, 64.0
_TREND_START, _TREND_END = 15.0, 93.0
_COLUMN_START, _COLUMN_END = 1.0, 99.0
_GAP = 0.32  # of the width of a column
_NICE = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its left edge and width, its top and height, its middle."""

    x: float
    y: float
    width: float
    height: float
    middle: float


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a trend; `y` is None where nothing was measured."""

    x: float
    y: float | None


@dataclass(frozen=True, slots=True)
class Tick:
    """One line of the value axis, with the value that it stands for."""

    y: float
    value: int


@dataclass(frozen=True, slots=True)
class Trend:
    """A line over time: its points, its ticks, and the paths of line and area."""

    points: list[Point]
    ticks: list[Tick]
    line: str
    area: str
    floor: float = _TREND_FLOOR


def columns(values: Sequence[int | None], *, rtl: bool) -> list[Column]:
    """Return columns from a common floor; the first stands on the right when `rtl`."""
    highest = max([value for value in values if value] or [1])
    step = (_COLUMN_END - _COLUMN_START) / max(len(values), 1)
    width = min(step * (1 - _GAP), 14.0)
    found = []
    for place, value in enumerate(values):
        middle = _COLUMN_START + step * (place + 0.5)
        middle = _mirrored(middle) if rtl else middle
        height = _COLUMN_ROOM * max(value or 0, 0) / highest
        found.append(
            Column(
                x=round(middle - width / 2, 2),
                y=round(_COLUMN_FLOOR - height, 2),
                width=round(width, 2),
                height=round(height, 2),
                middle=round(middle, 2),
            )
        )
    return found


def trend(values: Sequence[int | None], *, rtl: bool) -> Trend:
    """Return a line from a zero floor; a value that is None interrupts it."""
    top = nice_top(max([value for value in values if value] or [1]))
    step = (_TREND_END - _TREND_START) / max(len(values) - 1, 1)
    points = []
    for place, value in enumerate(values):
        x = _TREND_START + step * place if len(values) > 1 else 50.0
        y = None if value is None else round(_TREND_FLOOR - _TREND_ROOM * max(value, 0) / top, 2)
        points.append(Point(round(_mirrored(x) if rtl else x, 2), y))
    ticks = [Tick(round(_TREND_FLOOR - _TREND_ROOM * part / 4, 2), top * part // 4) for part in (1, 2, 3, 4)]
    runs = _runs(points)
    line = "".join(_path(run) for run in runs)
    area = "".join(f"{_path(run)}L{run[-1].x} {_TREND_FLOOR}L{run[0].x} {_TREND_FLOOR}z" for run in runs)
    return Trend(points, ticks, line, area)


def nice_top(highest: int) -> int:
    """Return a round value at or above the highest, that four equal steps lead to."""
    quarter = highest / 4
    power = 1
    while power * 10 <= quarter:
        power *= 10
    step = next(int(nice * power) for nice in _NICE if nice * power >= quarter)
    return max(step, 1) * 4


def _mirrored(x: float) -> float:
    return 100 - x


def _runs(points: Sequence[Point]) -> list[list[Point]]:
    runs: list[list[Point]] = [[]]
    for point in points:
        if point.y is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if len(run) > 1]


def _path(run: Sequence[Point]) -> str:
    return "M" + "L".join(f"{point.x} {point.y}" for point in run)

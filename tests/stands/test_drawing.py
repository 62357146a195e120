"""The floor plan as a drawing: nothing overlaps, labels fit, zones surround their stands."""

from sqlalchemy.orm import Session

from fairapp.audit.domain import Role
from fairapp.events.domain import Texts
from fairapp.stands import queries
from fairapp.stands.domain import GridPlan, StandPlan
from fairapp.stands.drawing import draw
from fairapp.stands.services import layout
from tests import NOW
from tests.factories.accounts import make_actor
from tests.factories.events import make_event

ORGANIZER = make_actor(Role.ORGANIZER)


def _placed(session: Session, *grids: GridPlan) -> list[queries.PlacedStand]:
    event = make_event(session)
    stop = event.stops[0]
    for grid in grids:
        names = Texts("منطقة", "Zone") if grid.zone else None
        layout.lay_out_grid(
            session, actor=ORGANIZER, event=event, stop=stop, grid=grid, zone_names=names, now=NOW
        )
    return queries.stands_of(session, stop=stop)


def test_draw_keeps_stands_apart_and_inside(session: Session) -> None:
    drawing = draw(_placed(session, GridPlan(prefix="A", zone="A", rows=4, columns=6)))
    boxes = [drawn.box for drawn in drawing.stands]
    for number, one in enumerate(boxes):
        assert one.x >= 0
        assert one.x + one.width <= drawing.width
        assert one.y + one.height <= drawing.height
        for other in boxes[number + 1 :]:
            assert (
                one.x + one.width <= other.x
                or other.x + other.width <= one.x
                or one.y + one.height <= other.y
                or other.y + other.height <= one.y
            )
    [zone] = drawing.zones
    assert zone.box.x <= min(box.x for box in boxes)
    assert zone.box.x + zone.box.width >= max(box.x + box.width for box in boxes)


def test_draw_small_stands_large_enough_for_their_codes(session: Session) -> None:
    grid = GridPlan(prefix="A", rows=1, columns=2, width_cm=150, depth_cm=150)
    drawing = draw(_placed(session, grid))
    assert all(drawn.box.width >= 40 and drawn.has_room for drawn in drawing.stands)


def test_draw_wide_plan_says_so_and_empty_one_has_no_size(session: Session) -> None:
    assert draw(_placed(session, GridPlan(prefix="A", rows=1, columns=60))).is_wide
    assert draw([]).width == 0


def test_stand_plan_of_the_usual_module_is_three_by_three() -> None:
    assert (StandPlan("A-1").width_cm, StandPlan("A-1").depth_cm) == (300, 300)

"""Stands and their holders."""

from typing import Any

from sqlalchemy.orm import Session

from fairapp.events.models import Stop
from fairapp.registrations.models import Registration
from fairapp.stands.domain import StandKind
from fairapp.stands.models import Allocation, Stand
from tests import NOW

_made = iter(range(1, 1_000_000))


def make_stand(session: Session, stop: Stop, **overrides: Any) -> Stand:
    """Make a free stand of 3 by 3 metres; its neighbours stand beside it."""
    number = next(_made)
    values = {
        "code": f"M-{number}",
        "kind": StandKind.EXHIBITOR,
        "width_cm": 300,
        "depth_cm": 300,
        "x_cm": 300 * (number % 20),
        "y_cm": 500 * (number // 20 % 20),
    }
    stand = Stand(stop_id=stop.id, **(values | overrides))
    session.add(stand)
    session.flush()
    return stand


def make_allocation(
    session: Session, stand: Stand, registration: Registration, **overrides: Any
) -> Allocation:
    """Let a registration hold a stand."""
    values = {"share": 1, "allocated_at": NOW}
    allocation = Allocation(
        stand_id=stand.id,
        stop_id=stand.stop_id,
        registration_id=registration.id,
        **(values | overrides),
    )
    session.add(allocation)
    session.flush()
    return allocation

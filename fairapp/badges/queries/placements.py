"""What registrations hold, for the pages and calls of registrations, which know no badges."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.badges.models import Badge
from fairapp.events.models import Stop
from fairapp.registrations.models import Representative
from fairapp.registrations.placement import HeldBadge, HeldStand, Placement
from fairapp.stands.models import Allocation, Stand


def placements(session: Session, registration_ids: Collection[int]) -> Mapping[int, Placement]:
    """Return stands held now, and all badges by representative and age. Two statements."""
    ids = set(registration_ids)
    stands: dict[int, list[HeldStand]] = defaultdict(list)
    for registration_id, stop_id, stop, stand in session.execute(
        select(Allocation.registration_id, Stop.id, Stop.code, Stand.code)
        .join(Stand, Stand.id == Allocation.stand_id)
        .join(Stop, Stop.id == Allocation.stop_id)
        .where(Allocation.registration_id.in_(ids), Allocation.released_at.is_(None))
        .order_by(Stop.position, Stand.code)
    ):
        stands[registration_id].append(HeldStand(stop_id, stop, stand))
    badges: dict[int, list[HeldBadge]] = defaultdict(list)
    for badge, name in session.execute(
        select(Badge, Representative.name)
        .join(Representative, Representative.id == Badge.representative_id)
        .where(Badge.registration_id.in_(ids))
        .order_by(Representative.position, Badge.id)
    ):
        badges[badge.registration_id].append(
            HeldBadge(name, badge.code, badge.token, badge.revoked_at is not None)
        )
    return {
        registration_id: Placement(tuple(stands[registration_id]), tuple(badges[registration_id]))
        for registration_id in stands.keys() | badges.keys()
    }

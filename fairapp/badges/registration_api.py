"""The call that reads a registration: it lies here because it shows stands and badges."""

from flask import current_app
from sqlalchemy.orm import Session

from config import Settings
from fairapp.badges.domain import BadgeStatus
from fairapp.registrations.placement import HeldBadge, placement_of
from fairapp.registrations.queries.single import registration_for
from fairapp.registrations.schemas import RegistrationFields, fields_of
from fairapp.web.access import current_actor, requires
from fairapp.web.calls import call
from fairapp.web.schemas import Schema


class HeldStandView(Schema):
    """A stand that a registration holds."""

    stop: str
    stand: str


class BadgeView(Schema):
    """A badge of a representative. `code` is the text of its QR code, `url` the page of its holder."""

    code: str
    url: str
    representative: str
    status: BadgeStatus


class RegistrationView(RegistrationFields):
    """A registration with what it holds."""

    stands: list[HeldStandView]
    badges: list[BadgeView]


@requires("registrations.read")
@call(answer=RegistrationView, summary="Read a registration")
def get_registration(session: Session, reference: str) -> RegistrationView:
    """One registration: for its cooperative, the desk agent that filed it, and organizers of its event."""
    registration = registration_for(session, actor=current_actor(), reference=reference)
    held = placement_of(session, registration.id)
    return RegistrationView(
        **fields_of(registration).model_dump(),
        stands=[HeldStandView(stop=one.stop, stand=one.stand) for one in held.stands],
        badges=[_badge_view(badge) for badge in held.badges],
    )


def _badge_view(badge: HeldBadge) -> BadgeView:
    settings: Settings = current_app.extensions["settings"]
    return BadgeView(
        code=badge.code,
        url=f"{settings.public_url.rstrip('/')}/b/{badge.token}",
        representative=badge.representative,
        status=BadgeStatus.REVOKED if badge.revoked else BadgeStatus.VALID,
    )

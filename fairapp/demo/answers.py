"""What followed the decisions on `khenifra-fair`: letters, and two objections that wait for an answer."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import SYSTEM
from fairapp.decisions.services.appeals import file_appeal
from fairapp.decisions.services.letters import write_letter
from fairapp.events.models import Event
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.following import Changed
from fairapp.registrations.models import Registration
from fairapp.registrations.queries.single import registration_by_id

_DECIDED = (RegistrationState.ACCEPTED, RegistrationState.WAITLISTED, RegistrationState.REFUSED)
OBJECTIONS = (
    "شاركنا بكل الوثائق في الأجل، ونطلب إعادة دراسة طلبنا لأن منتوجنا داخل شروط الإعلان.",
    "تعاونيتنا نسائية ومن جماعة قروية لم تشارك من قبل. نرجو توضيح سبب عدم القبول.",
)


def answer_registrations(session: Session, *, event: Event, public_url: str, now: datetime) -> None:
    """Write the letters of the decided registrations, and file objections to two refusals."""
    decided = session.scalars(
        select(Registration.id)
        .where(Registration.event_id == event.id, Registration.state.in_(_DECIDED))
        .order_by(Registration.id)
    ).all()
    refused = []
    for registration_id in decided:
        registration = registration_by_id(session, registration_id=registration_id)
        change = registration.history[-1]
        changed = Changed(registration, change, RegistrationState.RECEIVED, SYSTEM, now)
        write_letter(session, changed, public_url=public_url)
        if registration.state is RegistrationState.REFUSED:
            refused.append(registration_id)
    session.flush()
    for registration_id, text in zip(refused, OBJECTIONS, strict=False):
        file_appeal(session, actor=SYSTEM, registration_id=registration_id, text=text, now=now)

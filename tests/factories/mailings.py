"""Mailings that were sent, with one recipient."""

from typing import Any

from sqlalchemy.orm import Session

from fairapp.foundation.ids import new_reference, new_token
from fairapp.mailings.domain import Reach
from fairapp.mailings.models import Mailing, MailingRecipient
from fairapp.registrations.models import Registration
from tests import NOW


def make_mailing(
    session: Session, registration: Registration, **overrides: Any
) -> tuple[Mailing, MailingRecipient]:
    """Make a mailing that was sent to one registration, which has to be called."""
    mailing = Mailing(
        code=new_reference(),
        event_id=registration.event_id,
        query="state=all",
        subject_ar="خبر",
        body_ar="مرحبا {التعاونية}",
        subject_fr="Nouvelle",
        body_fr="Bonjour {coopérative}",
        written_at=NOW,
        sent_at=NOW,
    )
    session.add(mailing)
    session.flush()
    values = {"reach": Reach.CALL, "locale": registration.locale, "token": new_token()}
    recipient = MailingRecipient(
        mailing_id=mailing.id, registration_id=registration.id, **(values | overrides)
    )
    session.add(recipient)
    session.flush()
    return mailing, recipient

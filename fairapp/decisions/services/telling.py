"""Notices to a cooperative about a place that is offered to it, and about its objection."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from fairapp.decisions.domain.appealing import answer_due
from fairapp.decisions.models import Appeal, PlaceOffer
from fairapp.foundation.clock import local_date
from fairapp.messages.services import write_message
from fairapp.registrations.models import Registration
from fairapp.registrations.services.letters import address_of, letter_context

TEMPLATE = "decisions/notice"


class Notice(StrEnum):
    """What a notice is about."""

    OFFERED = "offered"
    OFFER_DECLINED = "offer_declined"
    OFFER_EXPIRED = "offer_expired"
    OFFER_STOPPED = "offer_stopped"
    APPEAL_RECEIVED = "appeal_received"
    APPEAL_REJECTED = "appeal_rejected"
    APPEAL_UPHELD = "appeal_upheld"


def tell_offer(
    session: Session, *, notice: Notice, registration: Registration, offer: PlaceOffer, now: datetime
) -> None:
    """Tell what became of an offer; an open one with the link to answer and the deadline."""
    details = {
        "deadline_at": offer.deadline_at.isoformat(),
        "path": f"offers/{offer.token}",
        "text": None,
        "until": None,
    }
    _write(session, notice, registration, details, key=f"{notice}:{offer.id}", now=now)


def tell_appeal(
    session: Session, *, notice: Notice, registration: Registration, appeal: Appeal, now: datetime
) -> None:
    """Tell that an objection has arrived, or how it was answered and why."""
    details = {
        "deadline_at": None,
        "path": None,
        "text": appeal.answer,
        "until": answer_due(local_date(appeal.filed_at)).isoformat(),
    }
    _write(session, notice, registration, details, key=f"{notice}:{appeal.id}", now=now)


def _write(
    session: Session,
    notice: Notice,
    registration: Registration,
    details: Mapping[str, Any],
    *,
    key: str,
    now: datetime,
) -> None:
    channel, recipient = address_of(registration)
    if recipient is None:
        return  # nobody to write to: the tracking page says the same, and the call list names them
    write_message(
        session,
        channel=channel,
        recipient=recipient,
        locale=registration.locale,
        template=TEMPLATE,
        context=letter_context(registration) | {"state": notice.value} | dict(details),
        key=f"{TEMPLATE}:{key}",
        now=now,
        subject_type="registration",
        subject_id=registration.id,
    )

"""Background work of badges. Drawing is slow, so it is done before a transaction opens."""

import uuid

from celery import shared_task
from flask import current_app

from fairapp.badges import codes, printing
from fairapp.badges.domain import Card
from fairapp.badges.queries import cards
from fairapp.badges.services import issuing, prints, sending
from fairapp.badges.signing import vault_of
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.outbox.services import RELIABLE, claim
from fairapp.web.i18n import LOCALES


@shared_task(name="badges.issue_badges", **RELIABLE)
def issue_badges(*, registration_id: int, key: str) -> None:
    """Issue the badges of a registration, once."""
    vault = vault_of(current_app.extensions["settings"])
    with transaction() as session:
        if claim(session, key=key, now=utc_now()):
            issuing.issue_badges(session, registration_id=registration_id, vault=vault, now=utc_now())


@shared_task(name="badges.withdraw_badges", **RELIABLE)
def withdraw_badges(*, registration_id: int, key: str) -> None:
    """Withdraw the badges of a registration, once."""
    with transaction() as session:
        if claim(session, key=key, now=utc_now()):
            issuing.withdraw_badges(session, registration_id=registration_id, now=utc_now())


@shared_task(name="badges.replace_badges", **RELIABLE)
def replace_badges(*, registration_id: int, representative_ids: list[int], key: str) -> None:
    """Replace the badges of people whose names changed, once."""
    vault = vault_of(current_app.extensions["settings"])
    with transaction() as session:
        if claim(session, key=key, now=utc_now()):
            issuing.replace_badges(
                session,
                registration_id=registration_id,
                representative_ids=representative_ids,
                vault=vault,
                now=utc_now(),
            )


@shared_task(name="badges.send_badges", **RELIABLE)
def send_badges(*, registration_id: int, key: str) -> None:
    """Send the valid badges of a registration, once; none are left when they were withdrawn meanwhile."""
    faces = cards.valid_cards(reading(), registration_id=registration_id)
    packet = _packet(faces) if faces else None
    with transaction() as session:
        if claim(session, key=key, now=utc_now()) and packet is not None:
            sending.send_badges(
                session, registration_id=registration_id, packet=packet, key=key, now=utc_now()
            )


@shared_task(name="badges.print_event", **RELIABLE)
def print_event(*, print_id: str, event_id: int, key: str) -> None:
    """Draw all valid badges of an event into one PDF, once."""
    faces = cards.valid_cards_of_event(reading(), event_id=event_id)
    content = printing.print_badges(faces)
    with transaction() as session:
        if claim(session, key=key, now=utc_now()):
            prints.keep_print(
                session, print_id=uuid.UUID(print_id), content=content, badges=len(faces), now=utc_now()
            )


def _packet(faces: list[Card]) -> sending.Packet:
    return sending.Packet(
        cards=faces,
        pdf=printing.print_badges(faces),
        pictures=[codes.qr_png(face.code) for face in faces],
        days={language: printing.days_line(faces[0], language) for language in LOCALES},
        lines={language: printing.letter_line(faces, language) for language in LOCALES},
    )

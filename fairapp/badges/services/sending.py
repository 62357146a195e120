"""Telling a cooperative that its badges are ready: one mail with all of them, an SMS a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fairapp.badges.domain import Card, CardStop
from fairapp.badges.queries.cards import Addressee, addressee_of
from fairapp.messages.domain import Attachment, Channel
from fairapp.messages.services import write_message

ISSUED = "badges/issued"


@dataclass(frozen=True, slots=True)
class Packet:
    """Badges of one registration, drawn: the PDF of all, and the QR code of each as PNG."""

    cards: Sequence[Card]
    pdf: bytes
    pictures: Sequence[bytes]
    days: dict[str, str]  # language -> "من 4 إلى 6 يونيو 2027"
    lines: dict[str, dict[str, str]]  # language -> the short form of the letter: line, link, direction


def send_badges(session: Session, *, registration_id: int, packet: Packet, key: str, now: datetime) -> None:
    """Write the mail and the SMS of issued badges. `key` names this sending; nothing is written twice."""
    to = addressee_of(session, registration_id=registration_id)
    if to.email:
        _write_mail(session, to, registration_id, packet, key, now)
    for card in packet.cards:
        phone = to.phones.get(card.position) or (None if to.email else to.phone)
        if phone:
            write_message(
                session,
                channel=Channel.SMS,
                recipient=phone,
                locale=to.locale,
                template=ISSUED,
                context={"path": f"/b/{card.token}", "stands": _stands(card.placed)},
                key=f"{key}:sms:{card.short_code}",
                now=now,
                subject_type="registration",
                subject_id=registration_id,
            )


def _write_mail(
    session: Session, to: Addressee, registration_id: int, packet: Packet, key: str, now: datetime
) -> None:
    files = [Attachment("badges.pdf", "application/pdf", packet.pdf)]
    files += [
        Attachment(f"inline-{card.short_code}.png", "image/png", picture)
        for card, picture in zip(packet.cards, packet.pictures, strict=True)
    ]
    write_message(
        session,
        channel=Channel.MAIL,
        recipient=to.email or "",
        locale=to.locale,
        template=ISSUED,
        context=letter_context(packet, to),
        key=f"{key}:mail",
        now=now,
        attachments=files,
        subject_type="registration",
        subject_id=registration_id,
    )


def letter_context(packet: Packet, to: Addressee) -> dict[str, Any]:
    """Return what the letter about badges says, as plain JSON."""
    card = packet.cards[0]
    return {
        "reference": to.reference,
        "event": {"title_ar": card.event_ar, "title_fr": card.event_fr, "title_en": to.event_en},
        "cooperative": {"name_ar": card.cooperative_ar, "name_fr": card.cooperative_fr},
        "days": packet.days,
        "other": packet.lines["fr" if to.locale == "ar" else "ar"],
        "stops": [
            {
                "place_ar": stop.place_ar,
                "place_fr": stop.place_fr,
                "starts_on": stop.starts_on.isoformat(),
                "ends_on": stop.ends_on.isoformat(),
                "stands": ", ".join(stop.stands),
            }
            for stop in card.placed
        ],
        "stands": _stands(card.placed),
        "badges": [
            {"name": each.name, "path": f"/b/{each.token}", "code": each.short_code} for each in packet.cards
        ],
        "phone": card.phone,
    }


def _stands(stops: Sequence[CardStop]) -> str:
    return ", ".join(code for stop in stops for code in stop.stands)

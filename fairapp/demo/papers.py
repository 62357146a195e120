"""Papers of demonstration registrations: drawn specimens, each with the word on it; some are missing."""

import io
from collections.abc import Collection, Sequence
from datetime import datetime
from random import Random
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from fairapp.demo.writer import Writer
from fairapp.events.models import RequiredDocument
from fairapp.files.checking import prepare
from fairapp.files.domain import PreparedFile
from fairapp.files.models import StoredFile
from fairapp.files.store import store_of
from fairapp.foundation.ids import new_token
from fairapp.registrations.documents import food_sectors
from fairapp.registrations.domain import DocumentState, RegistrationState
from fairapp.registrations.models import Document, Registration, RegistrationSector

COMPLETE = 0.75  # share of the registrations that have all papers that are not optional
OPTIONAL_GIVEN = 0.5
A4_AT_60_DPI = (496, 702)
EXEMPT_BECAUSE = "نبيع كل إنتاجنا مباشرة للمستهلك"


def hand_in_papers(
    session: Session, random: Random, *, settings: Settings, event_ids: Collection[int], now: datetime
) -> None:
    """Give the registrations of events their documents."""
    specimens: dict[str, PreparedFile] = {}
    writer = Writer(session)
    food = food_sectors()
    for event_id in event_ids:
        asked = session.scalars(
            select(RequiredDocument)
            .where(RequiredDocument.event_id == event_id)
            .order_by(RequiredDocument.position)
        ).all()
        for document in asked:
            if document.code not in specimens:
                specimens[document.code] = _specimen(document, settings)
        query = (
            select(
                Registration.id,
                Registration.reference,
                Registration.state,
                Registration.received_at,
                RegistrationSector.sector_code,
            )
            .join(RegistrationSector, RegistrationSector.registration_id == Registration.id)
            .where(Registration.event_id == event_id)
            .order_by(Registration.id)
        )
        for registration in session.execute(query):
            wanted = [one for one in asked if not one.food_only or registration.sector_code in food]
            lacks = registration.state is RegistrationState.INCOMPLETE or random.random() > COMPLETE
            _hand_in(writer, random, registration, wanted, specimens, lacks=lacks, now=now)
    writer.write()


def _hand_in(
    writer: Writer,
    random: Random,
    registration: Any,  # a row: id, reference, state, received_at, sector_code
    wanted: Sequence[RequiredDocument],
    specimens: dict[str, PreparedFile],
    *,
    lacks: bool,
    now: datetime,
) -> None:
    required = [document.code for document in wanted if not document.optional]
    missing = random.choice(required) if lacks and required else None
    for document in wanted:
        state = _state(random, document, missing)
        file_id = None
        if state is DocumentState.HAS:
            file_id = _keep(writer, specimens[document.code], registration.reference, now)
        writer.add(
            Document,
            registration_id=registration.id,
            code=document.code,
            position=1,
            state=state,
            explanation=EXEMPT_BECAUSE if state is DocumentState.EXEMPT else None,
            file_id=file_id,
            changed_at=registration.received_at,
        )


def _state(random: Random, document: RequiredDocument, missing: str | None) -> DocumentState:
    if document.code == missing:
        return DocumentState.MISSING
    if document.optional and random.random() > OPTIONAL_GIVEN:
        if document.can_be_exempt and random.random() < 0.5:
            return DocumentState.EXEMPT
        return DocumentState.APPLIED if document.food_only else DocumentState.MISSING
    return DocumentState.HAS


def _keep(writer: Writer, prepared: PreparedFile, reference: str, now: datetime) -> int:
    return writer.add(
        StoredFile,
        token=new_token(),
        owner=f"registration:{reference}",
        sha256=prepared.sha256,
        media_type=prepared.media_type,
        size_bytes=len(prepared.content),
        pages=prepared.pages,
        width_px=prepared.width_px,
        height_px=prepared.height_px,
        name=prepared.name,
        created_at=now,
        removed_at=None,
    )


def _specimen(document: RequiredDocument, settings: Settings) -> PreparedFile:
    """Draw a paper that nobody takes for a real one, and put it into the store."""
    paper = Image.new("RGB", A4_AT_60_DPI, "#fbfaf5")
    draw = ImageDraw.Draw(paper)
    draw.rectangle((24, 24, A4_AT_60_DPI[0] - 24, A4_AT_60_DPI[1] - 24), outline="#7d8a83", width=2)
    draw.text((60, 60), document.title_fr, fill="#1d2b25", font=ImageFont.load_default(20))
    for line in range(14):
        draw.line((60, 130 + 32 * line, 436 - 40 * (line % 3), 130 + 32 * line), fill="#c4cbc7", width=3)
    draw.text((110, 600), "SPECIMEN", fill="#b3402e", font=ImageFont.load_default(48))
    photo = io.BytesIO()
    paper.save(photo, "PNG")
    prepared = prepare(photo.getvalue(), f"{document.code}.png")
    store_of(settings).put(prepared)
    return prepared

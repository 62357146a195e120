"""How many of the documents that the call needs came with registrations, for lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.events.models import RequiredDocument
from fairapp.reference.queries import sectors as known_sectors
from fairapp.registrations.domain import DocumentState
from fairapp.registrations.models import Document


@dataclass(frozen=True, slots=True)
class Papers:
    """How many documents a registration needs, and how many of them it has, applied for or is exempt of."""

    asked: int
    given: int


def papers_of(session: Session, *, event_id: int, sectors: Mapping[int, Sequence[str]]) -> dict[int, Papers]:
    """Return the papers of registrations by id, in two queries; `sectors` are those of each."""
    query = select(RequiredDocument.code, RequiredDocument.food_only).where(
        RequiredDocument.event_id == event_id, RequiredDocument.optional.is_(False)
    )
    asked = session.execute(query).all()
    given: dict[int, set[str]] = {}
    rows = session.execute(
        select(Document.registration_id, Document.code).where(
            Document.registration_id.in_(list(sectors)), Document.state != DocumentState.MISSING
        )
    )
    for registration_id, code in rows:
        given.setdefault(registration_id, set()).add(code)
    food = {code for code, sector in known_sectors().items() if sector.kind == "yes"}
    found = {}
    for registration_id, shown in sectors.items():
        is_food = bool(food.intersection(shown))
        codes = {row.code for row in asked if is_food or not row.food_only}
        found[registration_id] = Papers(len(codes), len(codes & given.get(registration_id, set())))
    return found

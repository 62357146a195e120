"""How many of the documents that the call needs came with registrations, for lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.events.models import RequiredDocument
from fairapp.registrations.documents import asked_documents, missing_documents
from fairapp.registrations.domain import DocumentState
from fairapp.registrations.models import Document


@dataclass(frozen=True, slots=True)
class Papers:
    """How many documents a registration owes, and how many of them are settled."""

    asked: int
    given: int


@dataclass(slots=True)
class _Given:
    code: str
    state: DocumentState
    file_id: int | None


def papers_of(session: Session, *, event_id: int, sectors: Mapping[int, Sequence[str]]) -> dict[int, Papers]:
    """Return the papers of registrations by id, in two queries; `sectors` are those of each."""
    query = select(RequiredDocument).where(
        RequiredDocument.event_id == event_id, RequiredDocument.optional.is_(False)
    )
    owed = session.scalars(query).all()
    given: dict[int, list[_Given]] = {}
    rows = select(Document.registration_id, Document.code, Document.state, Document.file_id)
    for row in session.execute(rows.where(Document.registration_id.in_(list(sectors)))):
        given.setdefault(row[0], []).append(_Given(row[1], row[2], row[3]))
    found = {}
    for registration_id, shown in sectors.items():
        asked = len(asked_documents(owed, shown))
        missing = len(missing_documents(owed, shown, given.get(registration_id, ())))
        found[registration_id] = Papers(asked, asked - missing)
    return found

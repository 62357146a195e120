"""Documents that a call asks for, files, and how registrations stand with them."""

from typing import Any

from sqlalchemy.orm import Session

from fairapp.events.models import Event, RequiredDocument
from fairapp.files.domain import MediaType, PreparedFile
from fairapp.files.models import StoredFile
from fairapp.files.services import keep_file
from fairapp.registrations.domain import DocumentState
from fairapp.registrations.models import Document, Registration
from fairapp.registrations.queries.documents import owner_of
from tests import NOW

PAPER = PreparedFile(b"%PDF-1.4 a paper", MediaType.PDF, "paper.pdf")


def make_required_document(
    session: Session, event: Event, code: str = "statutes", **overrides: Any
) -> RequiredDocument:
    """Make a call ask for a document of everybody."""
    values = {
        "event_id": event.id,
        "code": code,
        "position": 1,
        "title_ar": f"وثيقة {code}",
        "title_fr": f"Pièce {code}",
        "title_en": f"Paper {code}",
    }
    document = RequiredDocument(**(values | overrides))
    session.add(document)
    session.flush()
    return document


def make_stored_file(session: Session, registration: Registration, name: str = "paper.pdf") -> StoredFile:
    """Keep a file for a registration; its bytes are in no store."""
    prepared = PreparedFile(PAPER.content, PAPER.media_type, name)
    return keep_file(session, prepared=prepared, owner=owner_of(registration.reference), now=NOW)


def make_document(
    session: Session,
    registration: Registration,
    code: str = "statutes",
    state: DocumentState = DocumentState.HAS,
    *,
    with_file: bool = True,
    **overrides: Any,
) -> Document:
    """Make a registration stand so with a document, with a file where it has one."""
    has_file = with_file and state is DocumentState.HAS
    file = make_stored_file(session, registration) if has_file else None
    values = {
        "registration_id": registration.id,
        "code": code,
        "state": state,
        "file_id": file.id if file else None,
        "changed_at": NOW,
    }
    document = Document(**(values | overrides))
    session.add(document)
    session.flush()
    return document

"""Reads of the documents of a draft and of a registration, and the condition that one is lacking."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select
from sqlalchemy.orm import Session, joinedload

from fairapp.events.models import Event, RequiredDocument
from fairapp.events.queries import documents_of as documents_of_call
from fairapp.files.models import StoredFile
from fairapp.files.queries import files_by_tokens
from fairapp.foundation.ids import token_hash
from fairapp.registrations.documents import asked_documents, food_sectors, missing_documents
from fairapp.registrations.domain import DocumentState, FiledDocument, RegistrationState
from fairapp.registrations.models import Document, Registration, RegistrationDraft, RegistrationSector


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document that is asked for, and how one stands with it; the state is empty while unanswered."""

    asked: RequiredDocument
    state: DocumentState | None
    explanation: str | None = None
    files: tuple[StoredFile, ...] = ()
    changed_at: datetime | None = None
    is_lacking: bool = False


def owner_of(reference: str) -> str:
    """Return the owner of the files of a registration, also while it is a draft."""
    return f"registration:{reference}"


def reference_of_draft(session: Session, *, draft: RegistrationDraft) -> str:
    """Return the reference whose files a draft uses: its own, or that of the registration it changes."""
    if draft.edits_id is None:
        return draft.reference
    query = select(Registration.reference).where(Registration.id == draft.edits_id)
    return session.execute(query).scalar_one()


def draft_has_token(session: Session, *, reference: str, tokens: Collection[str]) -> bool:
    """Tell whether one of the tokens opens the draft that uses the files of a reference."""
    if not tokens:
        return False
    hashes = [token_hash(token) for token in tokens]
    query = select(RegistrationDraft).where(RegistrationDraft.token_hash.in_(hashes))
    drafts = session.scalars(query).all()
    return any(reference_of_draft(session, draft=draft) == reference for draft in drafts)


def draft_lines(
    session: Session, *, event: Event, reference: str, sectors: Sequence[str], filed: Iterable[FiledDocument]
) -> tuple[DocumentLine, ...]:
    """Return the documents that a draft is asked for, in order, with its files."""
    given = {one.code: one for one in filed}
    tokens = [token for one in given.values() for token in one.file_tokens]
    files = files_by_tokens(session, tokens, owner=owner_of(reference))
    lines = []
    for asked in asked_documents(documents_of_call(session, event=event), sectors):
        one = given.get(asked.code)
        kept = tuple(files[token] for token in one.file_tokens if token in files) if one else ()
        state, explanation = (one.state, one.explanation) if one else (None, None)
        lines.append(DocumentLine(asked, state, explanation, kept))
    return tuple(lines)


def registration_lines(session: Session, *, registration: Registration) -> tuple[DocumentLine, ...]:
    """Return the documents that a registration is asked for, in order, with its files. Two statements.

    `registration` is loaded with its sectors.
    """
    documents = documents_of_call(session, event=registration.event)
    sectors = [sector.sector_code for sector in registration.sectors]
    rows = document_rows(session, registration_id=registration.id)
    lacking = missing_documents(documents, sectors, rows)
    lines = []
    for asked in asked_documents(documents, sectors):
        own = [row for row in rows if row.code == asked.code]
        lines.append(
            DocumentLine(
                asked=asked,
                state=own[0].state if own else None,
                explanation=own[0].explanation if own else None,
                files=tuple(row.file for row in own if row.file is not None and row.file.removed_at is None),
                changed_at=max((row.changed_at for row in own), default=None),
                is_lacking=asked.code in lacking,
            )
        )
    return tuple(lines)


def document_rows(session: Session, *, registration_id: int) -> Sequence[Document]:
    """Return the rows of a registration's documents with their files, by document and position."""
    return session.scalars(
        select(Document)
        .options(joinedload(Document.file))
        .where(Document.registration_id == registration_id)
        .order_by(Document.code, Document.position)
    ).all()


def ended_references(session: Session, *, before: datetime) -> Sequence[str]:
    """Return the references of registrations refused or withdrawn before an instant, that keep files."""
    owned = StoredFile.owner == literal(owner_of("")) + Registration.reference
    query = select(Registration.reference).where(
        Registration.state.in_((RegistrationState.REFUSED, RegistrationState.WITHDRAWN)),
        Registration.changed_at < before,
        exists().where(owned, StoredFile.removed_at.is_(None)),
    )
    return session.scalars(query).all()


def lacks_document() -> ColumnElement[bool]:
    """Return the condition on `Registration` under which it owes a document that it has not settled.

    The same answer as `documents.missing_documents`; a test holds the two together.
    """
    # What stands two selects deep is correlated only where it is told to.
    sells_food = (
        exists()
        .where(
            RegistrationSector.registration_id == Registration.id,
            RegistrationSector.sector_code.in_(food_sectors()),
        )
        .correlate(Registration)
    )
    settled = (
        exists()
        .where(
            Document.registration_id == Registration.id,
            Document.code == RequiredDocument.code,
            or_(
                Document.state.in_((DocumentState.APPLIED, DocumentState.EXEMPT)),
                and_(Document.state == DocumentState.HAS, Document.file_id.is_not(None)),
            ),
        )
        .correlate(Registration, RequiredDocument)
    )
    return (
        exists()
        .where(
            RequiredDocument.event_id == Registration.event_id,
            RequiredDocument.optional.is_(False),
            or_(RequiredDocument.food_only.is_(False), sells_food),
            ~settled,
        )
        .correlate(Registration)
    )

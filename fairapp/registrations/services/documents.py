"""Documents of a draft, of a registration when it is filed, and papers added later."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.events.queries import chain_of, documents_of
from fairapp.files.domain import PreparedFile
from fairapp.files.models import StoredFile
from fairapp.files.queries import files_by_tokens
from fairapp.files.services import keep_file, remove_file, remove_files_of
from fairapp.registrations.answers import DOCUMENTS
from fairapp.registrations.answers import documents_of as documents_in
from fairapp.registrations.documents import (
    DocumentChoice,
    asked_documents,
    check_choice,
    check_files,
    settled_state,
)
from fairapp.registrations.domain import DocumentState, FiledDocument, RegistrationState
from fairapp.registrations.errors import DocumentsClosed, DocumentUnknown
from fairapp.registrations.models import Document, Registration, RegistrationDraft
from fairapp.registrations.queries.documents import (
    document_rows,
    ended_references,
    owner_of,
    reference_of_draft,
)
from fairapp.registrations.queries.drafts import draft_by_id
from fairapp.registrations.queries.single import registration_by_id
from fairapp.registrations.services.replacing import look_again

FILES_KEPT_AFTER_END = timedelta(days=180)  # an objection can be looked at with them
_CLOSED = (RegistrationState.REFUSED, RegistrationState.WITHDRAWN)
Choices = Mapping[str, DocumentChoice]
Received = Mapping[str, Sequence[PreparedFile]]


def save_documents(
    session: Session, *, draft_id: int, choices: Choices, received: Received, now: datetime
) -> RegistrationDraft:
    """Keep what a draft answers for each document, and the files that came with it.

    Files that were kept before stay, whichever page they came from. A draft that was sent keeps
    what was sent.

    Raises: DraftNotFound, TooManyOfDocument, TooManyFiles, NoRoomLeft.
    """
    draft = draft_by_id(session, draft_id=draft_id, lock=True)
    if draft.registration_id is not None:
        return draft
    given = _given(draft)
    for code, choice in choices.items():
        before = given.get(code)
        tokens = before.file_tokens if before else ()
        tokens += tuple(_keep(session, draft, prepared, now).token for prepared in received.get(code, ()))
        check_files(tokens)
        state = settled_state(choice.state, files=len(tokens))
        given[code] = FiledDocument(code, state, choice.explanation, tokens)
    return _write(draft, given, now)


def attach_to_draft(
    session: Session, *, draft_id: int, code: str, file: StoredFile, now: datetime
) -> RegistrationDraft:
    """Add a file that arrived in pieces to a document of a draft.

    Raises: DraftNotFound, TooManyOfDocument.
    """
    draft = draft_by_id(session, draft_id=draft_id, lock=True)
    given = _given(draft)
    before = given.get(code)
    tokens = (*(before.file_tokens if before else ()), file.token)
    check_files(tokens)
    state = settled_state(before.state if before else None, files=len(tokens))
    given[code] = FiledDocument(code, state, before.explanation if before else None, tokens)
    return _write(draft, given, now)


def remove_from_draft(session: Session, *, draft_id: int, token: str, now: datetime) -> RegistrationDraft:
    """Take a file off a document of a draft; one that a registration has already stays with that.

    Raises: DraftNotFound.
    """
    draft = draft_by_id(session, draft_id=draft_id, lock=True)
    given = _given(draft)
    for code, one in given.items():
        if token not in one.file_tokens:
            continue
        tokens = tuple(other for other in one.file_tokens if other != token)
        given[code] = FiledDocument(code, one.state, one.explanation, tokens)
        if draft.edits_id is None:
            files = files_by_tokens(session, [token], owner=owner_of(draft.reference))
            for file in files.values():
                remove_file(session, file=file, now=now)
    return _write(draft, given, now)


def file_documents(
    session: Session, *, registration: Registration, documents: Sequence[FiledDocument], now: datetime
) -> None:
    """Write how a registration stands with the documents asked of it; what stood there before goes.

    For the filing, and for a change of all answers. `registration` is flushed, with event and sectors.
    """
    sectors = [sector.sector_code for sector in registration.sectors]
    asked = {one.code for one in asked_documents(documents_of(session, event=registration.event), sectors)}
    tokens = [token for one in documents for token in one.file_tokens]
    files = files_by_tokens(session, tokens, owner=owner_of(registration.reference))
    _drop_rows(session, registration, {file.id for file in files.values()}, now)
    for one in documents:
        if one.code in asked:
            kept = [files[token] for token in one.file_tokens if token in files]
            _add_rows(session, registration, one.code, one.state, one.explanation, kept, now)
    session.flush()


def change_document(
    session: Session,
    *,
    actor: Actor,
    registration_id: int,
    code: str,
    choice: DocumentChoice,
    received: Sequence[PreparedFile],
    now: datetime,
) -> Registration:
    """Answer anew for a document of a registration that was sent, and add files to it.

    The door has found the registration within what the person may see. Whoever was asked for a
    paper and sends it is looked at again.

    Raises: DocumentUnknown, DocumentsClosed, ExemptionNotOffered, ExplanationMissing,
    TooManyOfDocument, TooManyFiles, NoRoomLeft.
    """
    registration = _open_registration(session, registration_id, code, choice)
    owner = owner_of(registration.reference)
    added = [keep_file(session, prepared=prepared, owner=owner, now=now) for prepared in received]
    return _change(session, actor, registration, code, choice, added, now)


def attach_to_registration(
    session: Session, *, actor: Actor, registration_id: int, code: str, file: StoredFile, now: datetime
) -> Registration:
    """Add a file that arrived in pieces to a document of a registration that was sent.

    Raises: DocumentUnknown, DocumentsClosed, TooManyOfDocument.
    """
    choice = DocumentChoice(DocumentState.HAS)
    registration = _open_registration(session, registration_id, code, choice)
    return _change(session, actor, registration, code, choice, [file], now)


def remove_document_file(
    session: Session, *, actor: Actor, registration_id: int, token: str, now: datetime
) -> Registration:
    """Take a file off a registration that was sent, while nothing is decided.

    Raises: DocumentsClosed.
    """
    registration = registration_by_id(session, registration_id=registration_id, lock=True)
    if not can_remove_files(registration.state):
        raise DocumentsClosed()
    rows = document_rows(session, registration_id=registration.id)
    for row in rows:
        if row.file is None or row.file.token != token:
            continue
        remove_file(session, file=row.file, now=now)
        row.file_id, row.changed_at = None, now
        registration.changed_at = now
        session.flush()
        _tidy(session, rows, row)
        _record(session, actor, registration, row.code, row.state, "removed", now)
    return registration


def erase_old_files(session: Session, *, now: datetime) -> int:
    """Take away the files of registrations that ended long ago without a place; return how many.

    Source: law 09-08, data are kept no longer than their purpose needs.
    """
    references = ended_references(session, before=now - FILES_KEPT_AFTER_END)
    return remove_files_of(session, owners=[owner_of(one) for one in references], now=now)


def can_change_documents(state: RegistrationState) -> bool:
    """Tell whether papers can still be added to a registration."""
    return state not in _CLOSED


def can_remove_files(state: RegistrationState) -> bool:
    """Tell whether files can still be taken off: what was decided on stays."""
    return state in (
        RegistrationState.RECEIVED,
        RegistrationState.UNDER_REVIEW,
        RegistrationState.INCOMPLETE,
    )


def _given(draft: RegistrationDraft) -> dict[str, FiledDocument]:
    return {one.code: one for one in documents_in(draft.answers)}


def _keep(session: Session, draft: RegistrationDraft, prepared: PreparedFile, now: datetime) -> StoredFile:
    owner = owner_of(reference_of_draft(session, draft=draft))
    return keep_file(session, prepared=prepared, owner=owner, now=now)


def _write(draft: RegistrationDraft, given: Mapping[str, FiledDocument], now: datetime) -> RegistrationDraft:
    documents = [_as_json(one) for one in given.values()]
    draft.answers = {**draft.answers, DOCUMENTS: {"documents": documents}}
    draft.version += 1
    draft.updated_at = now
    return draft


def _as_json(one: FiledDocument) -> dict[str, Any]:
    return {
        "code": one.code,
        "state": one.state.value,
        "explanation": one.explanation or "",
        "files": list(one.file_tokens),
    }


def _drop_rows(session: Session, registration: Registration, kept_ids: set[int], now: datetime) -> None:
    rows = document_rows(session, registration_id=registration.id)
    for row in rows:
        if row.file is not None and row.file_id not in kept_ids:
            remove_file(session, file=row.file, now=now)
    if rows:
        session.flush()
        session.execute(delete(Document).where(Document.registration_id == registration.id))


def _add_rows(
    session: Session,
    registration: Registration,
    code: str,
    state: DocumentState,
    explanation: str | None,
    files: Sequence[StoredFile],
    now: datetime,
) -> None:
    ids: list[int | None] = [file.id for file in files] or [None]
    session.add_all(
        Document(
            registration_id=registration.id,
            code=code,
            position=position,
            state=state,
            explanation=explanation,
            file_id=file_id,
            changed_at=now,
        )
        for position, file_id in enumerate(ids, start=1)
    )


def _open_registration(
    session: Session, registration_id: int, code: str, choice: DocumentChoice
) -> Registration:
    registration = registration_by_id(session, registration_id=registration_id, lock=True)
    if not can_change_documents(registration.state):
        raise DocumentsClosed()
    sectors = [sector.sector_code for sector in registration.sectors]
    documents = asked_documents(documents_of(session, event=registration.event), sectors)
    asked = next((one for one in documents if one.code == code), None)
    if asked is None:
        raise DocumentUnknown()
    check_choice(asked, choice)
    return registration


def _change(
    session: Session,
    actor: Actor,
    registration: Registration,
    code: str,
    choice: DocumentChoice,
    added: Sequence[StoredFile],
    now: datetime,
) -> Registration:
    own = [row for row in document_rows(session, registration_id=registration.id) if row.code == code]
    kept = [row.file for row in own if row.file is not None and row.file.removed_at is None]
    files = [*kept, *added]
    check_files(files)
    state = settled_state(choice.state, files=len(files))
    session.execute(
        delete(Document).where(Document.registration_id == registration.id, Document.code == code)
    )
    _add_rows(session, registration, code, state, choice.explanation, files, now)
    registration.changed_at = now
    session.flush()
    if added or state is not DocumentState.MISSING:
        look_again(session, actor=actor, registration=registration, now=now)
    _record(session, actor, registration, code, state, f"added:{len(added)}", now)
    return registration


def _tidy(session: Session, rows: Sequence[Document], emptied: Document) -> None:
    # One row without a file says the state of the document; it is needed where no other row is.
    if sum(row.code == emptied.code for row in rows) > 1:
        session.delete(emptied)
        session.flush()


def _record(
    session: Session,
    actor: Actor,
    registration: Registration,
    code: str,
    state: DocumentState,
    change: str,
    now: datetime,
) -> None:
    record(
        session,
        actor=actor,
        action="registrations.document_changed",
        subject_type="registration",
        subject_id=registration.id,
        now=now,
        details={"document": code, "state": state.value, "files": change},
        chain=chain_of(registration.event),
    )

"""Papers of registrations that were sent: what changes, what is recorded, what is refused."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import GUEST
from fairapp.audit.models import AuditEntry
from fairapp.files.errors import StoredFileNotFound
from fairapp.files.queries import file_by_token
from fairapp.files.services import keep_file
from fairapp.foundation.ids import new_token
from fairapp.registrations.documents import DocumentChoice
from fairapp.registrations.domain import DocumentState, FiledDocument, RegistrationState
from fairapp.registrations.errors import (
    DocumentsClosed,
    DocumentUnknown,
    ExplanationMissing,
    TooManyOfDocument,
)
from fairapp.registrations.models import Document, Registration, RegistrationDraft
from fairapp.registrations.queries.documents import document_rows, owner_of
from fairapp.registrations.queries.single import registration_by_id
from fairapp.registrations.services.documents import (
    FILES_KEPT_AFTER_END,
    change_document,
    erase_old_files,
    file_documents,
    remove_document_file,
)
from fairapp.registrations.services.drafts import delete_drafts, start_draft
from tests import NOW
from tests.factories.documents import PAPER, make_document, make_required_document, make_stored_file
from tests.factories.events import make_event
from tests.factories.registrations import make_registration

HAS, APPLIED, EXEMPT, MISSING = DocumentState


def registered(session: Session, **overrides: Any) -> Registration:
    event = make_event(session)
    make_required_document(session, event, "statutes")
    make_required_document(session, event, "onssa", position=2, food_only=True, can_be_exempt=True)
    return make_registration(session, event=event, **overrides)


def change(session: Session, registration: Registration, **values: Any) -> Registration:
    given: dict[str, Any] = {"code": "statutes", "choice": DocumentChoice(None), "received": (PAPER,)}
    given |= values
    return change_document(session, actor=GUEST, registration_id=registration.id, now=NOW, **given)


def stands(session: Session, registration: Registration) -> list[tuple[str, DocumentState, bool]]:
    rows = document_rows(session, registration_id=registration.id)
    return [(row.code, row.state, row.file_id is not None) for row in rows]


def test_what_is_filed_is_kept_with_its_files(session: Session) -> None:
    made = registered(session)
    file, foreign = make_stored_file(session, made), make_stored_file(session, registered(session))
    documents = (
        FiledDocument("statutes", HAS, None, (file.token, foreign.token, "guess")),
        FiledDocument("onssa", EXEMPT, "sold straight to the consumer"),
        FiledDocument("passport", HAS),
    )
    registration = registration_by_id(session, registration_id=made.id)
    file_documents(session, registration=registration, documents=documents, now=NOW)
    assert stands(session, made) == [("onssa", EXEMPT, False), ("statutes", HAS, True)]
    assert session.scalars(select(Document.file_id).where(Document.code == "statutes")).all() == [file.id]


def test_filed_anew_what_is_not_named_any_more_goes(session: Session) -> None:
    registration = registered(session)
    document = make_document(session, registration)
    old = document.file_id
    kept = make_stored_file(session, registration)
    file_documents(
        session,
        registration=registration,
        documents=[FiledDocument("statutes", HAS, None, (kept.token,))],
        now=NOW,
    )
    assert session.scalars(select(Document.file_id)).all() == [kept.id]
    assert old != kept.id


def test_a_paper_that_was_asked_for_brings_the_registration_back(
    app_context: Flask, session: Session
) -> None:
    registration = registered(session, state=RegistrationState.INCOMPLETE)
    change(session, registration)
    assert registration.state is RegistrationState.UNDER_REVIEW
    assert registration.history[-1].state is RegistrationState.UNDER_REVIEW
    assert stands(session, registration) == [("statutes", HAS, True)]
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.chain) == (
        "registrations.document_changed",
        f"event:{registration.event.slug}",
    )
    assert entry.details == {"document": "statutes", "state": "has", "files": "added:1"}


def test_a_paper_added_to_a_decided_registration_changes_no_state(session: Session) -> None:
    registration = registered(session, state=RegistrationState.ACCEPTED)
    change(session, registration)
    assert registration.state is RegistrationState.ACCEPTED
    assert stands(session, registration) == [("statutes", HAS, True)]


@pytest.mark.parametrize(
    "state,values,refusal",
    [
        (RegistrationState.REFUSED, {}, DocumentsClosed),
        (RegistrationState.WITHDRAWN, {}, DocumentsClosed),
        (RegistrationState.RECEIVED, {"code": "passport"}, DocumentUnknown),
        (RegistrationState.RECEIVED, {"code": "onssa", "choice": DocumentChoice(EXEMPT)}, ExplanationMissing),
        (RegistrationState.RECEIVED, {"received": (PAPER,) * 4}, TooManyOfDocument),
    ],
)
def test_a_refused_change_keeps_what_there_was(
    session: Session, state: RegistrationState, values: dict[str, Any], refusal: type[Exception]
) -> None:
    registration = registered(session, state=state)
    make_document(session, registration)
    with pytest.raises(refusal), session.begin_nested():
        change(session, registration, **values)
    assert stands(session, registration) == [("statutes", HAS, True)]
    assert session.scalars(select(AuditEntry)).all() == []


def test_a_file_is_taken_off_until_the_decision(session: Session) -> None:
    registration = registered(session)
    change(session, registration, received=(PAPER, PAPER))
    first, second = document_rows(session, registration_id=registration.id)
    assert first.file is not None
    assert second.file is not None
    tokens = first.file.token, second.file.token
    for token in tokens:
        remove_document_file(session, actor=GUEST, registration_id=registration.id, token=token, now=NOW)
    assert stands(session, registration) == [("statutes", HAS, False)]
    with pytest.raises(StoredFileNotFound):
        file_by_token(session, tokens[0])
    registration.state = RegistrationState.ACCEPTED
    with pytest.raises(DocumentsClosed):
        remove_document_file(session, actor=GUEST, registration_id=registration.id, token="x", now=NOW)


def test_drafts_that_were_never_sent_go_with_their_files(session: Session) -> None:
    event = make_event(session)
    draft = start_draft(session, event=event, token=new_token(), answers={}, locale="ar", now=NOW)
    kept = make_stored_file(session, registered(session))
    file = keep_file(session, prepared=PAPER, owner=owner_of(draft.reference), now=NOW)
    delete_drafts(session, event_id=event.id, now=NOW)
    session.expire_all()
    assert (file.removed_at, kept.removed_at) == (NOW, None)
    assert session.scalars(select(RegistrationDraft)).all() == []


def test_files_of_what_ended_long_ago_are_taken_away(session: Session) -> None:
    long_ago = NOW - FILES_KEPT_AFTER_END - timedelta(days=1)
    files = [
        make_stored_file(session, registered(session, state=state, changed_at=changed_at))
        for state, changed_at in (
            (RegistrationState.WITHDRAWN, long_ago),
            (RegistrationState.REFUSED, NOW),
            (RegistrationState.ACCEPTED, long_ago),
        )
    ]
    assert erase_old_files(session, now=NOW) == 1
    session.expire_all()
    assert [file.removed_at for file in files] == [NOW, None, None]

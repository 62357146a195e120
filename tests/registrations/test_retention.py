"""Drafts that were never sent go sixty days after registration closed; what was sent keeps its receipt."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import GUEST
from fairapp.outbox.models import OutboxRow
from fairapp.registrations.domain import FilingChannel
from fairapp.registrations.models import RegistrationDraft
from fairapp.registrations.queries.drafts import events_with_old_drafts
from fairapp.registrations.services.drafts import delete_drafts, send_draft, start_draft
from fairapp.registrations.tasks import DELETE_DRAFTS, find_old_drafts
from fairapp.registrations.tasks import delete_drafts as delete_drafts_task
from tests import NOW, TODAY
from tests.factories.events import make_event
from tests.registrations.test_answers import ANSWERS

pytestmark = pytest.mark.usefixtures("app_context")


def test_only_events_that_closed_long_ago_are_found(session: Session) -> None:
    closed = make_event(
        session,
        registration_opens_on=TODAY - timedelta(days=90),
        registration_closes_on=TODAY - timedelta(days=61),
    )
    recent = make_event(session)
    for number, event in enumerate((closed, recent)):
        start_draft(session, event=event, token=f"t{number}", answers={}, locale="ar", now=NOW)
    assert events_with_old_drafts(session, before=TODAY - timedelta(days=60)) == [closed.id]


def test_what_was_sent_stays(session: Session) -> None:
    event = make_event(session)
    answers = {**ANSWERS, "stops": {"stops": ["S1"]}}
    sent = start_draft(session, event=event, token="sent", answers=answers, locale="ar", now=NOW)
    start_draft(session, event=event, token="kept", answers={}, locale="ar", now=NOW)
    send_draft(
        session,
        actor=GUEST,
        event=event,
        draft_id=sent.id,
        channel=FilingChannel.SELF,
        locale="ar",
        now=NOW,
    )
    delete_drafts(session, event_id=event.id, now=NOW)
    assert session.scalars(select(RegistrationDraft.id)).all() == [sent.id]


def test_the_task_deletes_once_for_each_event(app_context: Flask, session: Session) -> None:
    event = make_event(
        session,
        registration_opens_on=TODAY - timedelta(days=90),
        registration_closes_on=TODAY - timedelta(days=61),
    )
    start_draft(session, event=event, token="t", answers={}, locale="ar", now=NOW)
    session.commit()
    find_old_drafts()
    find_old_drafts()
    row = session.scalars(select(OutboxRow).where(OutboxRow.task == DELETE_DRAFTS)).one()
    delete_drafts_task(**row.payload, key=row.key)
    session.expire_all()
    assert session.scalars(select(RegistrationDraft.id)).all() == []

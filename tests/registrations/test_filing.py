"""Filing: what is kept, who is told, and that it happens once."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.audit.domain import GUEST, Role, ScopeKind
from fairapp.audit.models import AuditEntry
from fairapp.cooperatives.domain import CooperativeProfile
from fairapp.cooperatives.models import Cooperative
from fairapp.events.models import Event
from fairapp.messages.domain import Channel
from fairapp.messages.letters import write_letter
from fairapp.messages.models import Message, MessageAttachment
from fairapp.outbox.models import OutboxRow
from fairapp.registrations.domain import (
    Filing,
    FilingChannel,
    Gender,
    NamedProduct,
    Person,
    RegistrationState,
    StandNeeds,
)
from fairapp.registrations.errors import (
    AlreadyRegistered,
    DraftNotFound,
    ForeignEvent,
    RegistrationClosed,
    SavedElsewhere,
)
from fairapp.registrations.models import Registration, RegistrationDraft
from fairapp.registrations.queries.drafts import draft_by_token
from fairapp.registrations.services import filing
from fairapp.registrations.services.drafts import save_answers, send_draft, start_draft
from fairapp.registrations.services.filing import channel_of, file_registration
from tests import NOW
from tests.factories.accounts import make_account, make_actor
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event, make_market
from tests.factories.registrations import make_registration
from tests.registrations.mails import parts_of
from tests.registrations.test_answers import ANSWERS

pytestmark = pytest.mark.usefixtures("app_context")

PROFILE = CooperativeProfile(
    name_ar="تعاونية النور",
    name_fr="",
    legal_kind="cooperative",
    province_code="05.301",
    commune="أجلموس",
    phone="+212612345678",
    email="annour@example.com",
)
FILING = Filing(
    cooperative_code=None,
    profile=PROFILE,
    people=(Person("فاطمة", Gender.WOMAN, "+212612345679"), Person("Ahmed")),
    sectors=("COSM",),
    products=(NamedProduct("زربية", "CRAFT-CARPET"),),
    needs=StandNeeds(400, power=True),
)


def _file(session: Session, event: Event, filing: Filing = FILING) -> Registration:
    return file_registration(session, actor=GUEST, event=event, filing=filing, now=NOW)


def test_file_registration_keeps_what_was_sent(session: Session) -> None:
    event = make_event(session)
    made = _file(session, event)
    assert (made.state, made.channel, made.locale) == (RegistrationState.RECEIVED, FilingChannel.SELF, "ar")
    assert (made.phone, made.email) == ("+212612345678", "annour@example.com")
    assert (made.stand_width_cm, made.needs_power, made.needs_water) == (400, True, False)
    assert [(one.name, one.gender, one.phone) for one in made.representatives] == [
        ("فاطمة", Gender.WOMAN, "+212612345679"),
        ("Ahmed", None, None),
    ]
    assert [stop.code for stop in made.stops] == ["S1"]
    assert sorted(one.sector_code for one in made.sectors) == ["COSM", "CRAFT-CARPET"]
    assert [(change.at, change.state) for change in made.history] == [(NOW, RegistrationState.RECEIVED)]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "registrations.filed")).one()
    assert (entry.chain, entry.subject_id) == (f"event:{event.slug}", str(made.id))


def test_file_registration_writes_the_confirmation_with_a_calendar(session: Session) -> None:
    event = make_event(session)
    made = _file(session, event)
    message = session.scalars(select(Message)).one()
    assert (message.channel, message.recipient, message.template, message.locale) == (
        Channel.MAIL,
        "annour@example.com",
        "registrations/received",
        "ar",
    )
    assert message.context["reference"] == made.reference
    files = session.scalars(select(MessageAttachment)).all()
    assert [(file.filename, file.media_type) for file in files] == [(f"{event.slug}.ics", "text/calendar")]
    assert b"BEGIN:VCALENDAR" in files[0].content
    tasks = session.scalars(select(OutboxRow.task)).all()
    assert tasks == ["messages.send_message"]


def test_file_registration_without_an_address_writes_an_sms(session: Session) -> None:
    _file(session, make_event(session), replace(FILING, profile=replace(PROFILE, email=None)))
    message = session.scalars(select(Message)).one()
    assert (message.channel, message.recipient) == (Channel.SMS, "+212612345678")
    assert session.scalar(select(func.count(MessageAttachment.id))) == 0


def test_file_registration_of_a_known_cooperative_takes_that_one(session: Session) -> None:
    known = make_cooperative(session, name_ar="تعاونيه النور", phone="+212612345678", commune="مريرت")
    made = _file(session, make_event(session))
    assert made.cooperative_id == known.id
    assert known.commune == "مريرت"


def test_file_registration_twice_for_one_event_refuses(session: Session) -> None:
    event = make_event(session)
    _file(session, event)
    with pytest.raises(AlreadyRegistered):
        _file(session, event)
    assert session.scalar(select(func.count(Registration.id))) == 1


def test_file_registration_after_withdrawal_is_taken_anew(session: Session) -> None:
    event, cooperative = make_event(session), make_cooperative(session)
    make_registration(session, event=event, cooperative=cooperative, state=RegistrationState.WITHDRAWN)
    again = Filing(cooperative_code=cooperative.code, profile=None, people=FILING.people, sectors=("COSM",))
    agent = make_actor(Role.DESK_AGENT, account=make_account(session, Role.DESK_AGENT))
    made = file_registration(session, actor=agent, event=event, filing=again, now=NOW)
    assert (made.cooperative_id, made.filed_by_id) == (cooperative.id, agent.account_id)


def test_file_registration_when_closed_keeps_nothing(session: Session) -> None:
    event = make_event(session, closed_at=NOW)
    with pytest.raises(RegistrationClosed):
        _file(session, event)
    assert session.scalar(select(func.count(Cooperative.id))) == 0
    assert session.scalar(select(func.count(OutboxRow.id))) == 0


def test_file_registration_by_an_organizer_of_another_region_refuses(session: Session) -> None:
    event = make_event(session)
    elsewhere = make_actor(Role.ORGANIZER, ScopeKind.REGION, region_code="09")
    with pytest.raises(ForeignEvent):
        file_registration(session, actor=elsewhere, event=event, filing=FILING, now=NOW)


def test_file_registration_by_its_account_changes_its_record(session: Session) -> None:
    own = make_cooperative(session, commune="مريرت", founded_on=NOW.date())
    account = make_account(session, Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=own.id)
    actor = make_actor(Role.COOPERATIVE, ScopeKind.COOPERATIVE, account, cooperative_id=own.id)
    filing = Filing(cooperative_code=own.code, profile=PROFILE, people=FILING.people, sectors=("COSM",))
    made = file_registration(session, actor=actor, event=make_event(session), filing=filing, now=NOW)
    assert made.cooperative_id == own.id
    assert (own.commune, own.founded_on) == ("أجلموس", NOW.date())


def test_channel_of_follows_who_files() -> None:
    assert channel_of(GUEST, None) is FilingChannel.SELF
    assert channel_of(make_actor(Role.DESK_AGENT), None) is FilingChannel.DESK
    assert channel_of(make_actor(Role.DESK_AGENT), FilingChannel.PAPER) is FilingChannel.PAPER


def test_send_draft_twice_gives_the_same_registration(session: Session) -> None:
    event = make_market(session)
    draft = start_draft(session, event=event, token="secret", answers=ANSWERS, locale="ar", now=NOW)
    sent = [
        send_draft(
            session,
            actor=GUEST,
            event=event,
            draft_id=draft.id,
            channel=FilingChannel.SELF,
            locale="ar",
            now=NOW,
        )
        for _ in range(2)
    ]
    assert sent[0].id == sent[1].id == draft.registration_id
    assert sent[0].reference == draft.reference
    assert session.scalar(select(func.count(Registration.id))) == 1
    assert session.scalar(select(func.count(Message.id))) == 1
    assert session.scalar(select(func.count(RegistrationDraft.id))) == 1


def test_confirmation_is_written_in_both_languages(app: Flask, session: Session) -> None:
    event = make_event(session, answer_by_on=NOW.date())
    made = _file(session, event)
    message = session.scalars(select(Message)).one()
    files = session.scalars(select(MessageAttachment)).all()
    parts = parts_of(write_letter(message, list(files), app.extensions["settings"]).content)
    shown = f"{made.reference[:4]}-{made.reference[4:]}"
    assert shown in parts["subject"]
    for kind in ("text/plain", "text/html"):
        assert shown in parts[kind]
        assert event.title_ar in parts[kind]
        assert f"Votre demande pour {event.title_fr} est arrivée" in parts[kind]
    assert "BEGIN:VCALENDAR" in parts["text/calendar"]


def test_save_answers_after_sending_changes_nothing(session: Session) -> None:
    event = make_market(session)
    draft = start_draft(session, event=event, token="secret", answers=ANSWERS, locale="ar", now=NOW)
    send_draft(
        session, actor=GUEST, event=event, draft_id=draft.id, channel=FilingChannel.SELF, locale="ar", now=NOW
    )
    save_answers(session, draft_id=draft.id, step="place", answers={"commune": "x"}, now=NOW)
    assert draft.answers["place"] == ANSWERS["place"]


def test_draft_of_another_event_is_not_found(session: Session) -> None:
    start_draft(session, event=make_event(session), token="secret", answers=ANSWERS, locale="ar", now=NOW)
    with pytest.raises(DraftNotFound):
        draft_by_token(session, event_id=make_event(session).id, token="secret")


def test_save_answers_over_another_phones_is_refused_and_changes_nothing(session: Session) -> None:
    event = make_event(session)
    draft = start_draft(session, event=event, token="secret", answers=ANSWERS, locale="ar", now=NOW)
    seen = draft.version
    other = {**ANSWERS["place"], "commune": "مريرت"}
    save_answers(session, draft_id=draft.id, step="place", answers=other, version=seen, now=NOW)
    with pytest.raises(SavedElsewhere):
        mine = {**ANSWERS["place"], "commune": "خنيفرة"}
        save_answers(session, draft_id=draft.id, step="place", answers=mine, version=seen, now=NOW)
    assert draft.answers["place"] == other
    save_answers(session, draft_id=draft.id, step="place", answers=other, version=seen, now=NOW)
    save_answers(session, draft_id=draft.id, step="stops", answers={"stops": ["S1"]}, version=seen, now=NOW)
    save_answers(session, draft_id=draft.id, step="place", answers=mine, version=draft.version, now=NOW)
    assert draft.answers["place"] == mine


def test_free_reference_leaves_out_those_that_are_taken(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = make_registration(session).reference
    drawn = iter([taken, "22222222"])
    monkeypatch.setattr(filing, "new_reference", lambda: next(drawn))
    assert filing.free_reference(session) == "22222222"

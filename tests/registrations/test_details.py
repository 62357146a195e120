"""The second form of the accepted: asked once, reminded twice, answered on a page, badges renewed."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import GUEST, Role, ScopeKind
from fairapp.badges.models import Badge
from fairapp.badges.services.issuing import NAME_CHANGED, replace_badges
from fairapp.events.domain import QuestionKind, QuestionPhase
from fairapp.events.models import Question
from fairapp.messages.letters import write_letter
from fairapp.messages.models import Message
from fairapp.outbox.models import OutboxRow
from fairapp.registrations.details import AnsweredDetails, Transport, reminders_due, transport_of
from fairapp.registrations.domain import Decision, Person, RegistrationState
from fairapp.registrations.errors import DetailsNotAsked, PersonHasBadge
from fairapp.registrations.models import Answer, Details, Registration, Representative
from fairapp.registrations.queries.details import lacks_details
from fairapp.registrations.services import details
from fairapp.registrations.services.letters import tell_details
from fairapp.registrations.services.review import decide
from tests import NOW, TODAY
from tests.conftest import sign_in
from tests.factories.accounts import make_account, make_actor
from tests.factories.badges import VAULT, make_badges, make_placed_registration
from tests.factories.events import make_event
from tests.factories.registrations import make_accepted_registration, make_registration

DUE = TODAY + timedelta(days=9)
ANSWERED = AnsweredDetails((Person("Fatima", None, None),), Transport.VAN, 1500, "fridge")


def accepted(session: Session, **overrides: Any) -> Registration:
    return make_accepted_registration(session, event=make_event(session, details_due_on=DUE), **overrides)


def asked(session: Session, registration: Registration, **overrides: Any) -> Details:
    values = {"registration_id": registration.id, "answers": {}, "asked_at": NOW} | overrides
    made = Details(**values)
    session.add(made)
    session.flush()
    return made


def save(session: Session, registration: Registration, answered: AnsweredDetails = ANSWERED) -> Details:
    return details.save_details(
        session,
        actor=GUEST,
        registration_id=registration.id,
        answered=answered,
        answers=(),
        received={},
        now=NOW,
    )


def letters(session: Session) -> list[tuple[str, int]]:
    query = select(Message).where(Message.template == "registrations/details").order_by(Message.id)
    return [(message.recipient, message.context["reminder"]) for message in session.scalars(query)]


def tasks(session: Session) -> list[tuple[str, dict[str, Any]]]:
    rows = session.scalars(select(OutboxRow).order_by(OutboxRow.key))
    return [(row.task, row.payload) for row in rows if row.task != "messages.send_message"]


@pytest.mark.parametrize(
    "today,due",
    [
        (TODAY, 0),
        (DUE - timedelta(days=8), 0),
        (DUE - timedelta(days=7), 1),
        (DUE - timedelta(days=3), 1),
        (DUE - timedelta(days=2), 2),
        (DUE, 2),
        (DUE + timedelta(days=1), 0),
    ],
)
def test_reminders_come_a_week_and_two_days_before(today: date, due: int) -> None:
    assert reminders_due(DUE, today, asked_on=TODAY - timedelta(days=20)) == due


def test_nobody_is_reminded_of_what_was_just_asked() -> None:
    assert reminders_due(DUE, DUE - timedelta(days=1), asked_on=DUE - timedelta(days=2)) == 0
    assert reminders_due(DUE, DUE, asked_on=DUE - timedelta(days=2)) == 2


def test_unknown_transport_is_none() -> None:
    assert (transport_of({"transport": "van"}), transport_of({"transport": "ufo"}), transport_of({})) == (
        Transport.VAN,
        None,
        None,
    )


def test_acceptance_asks_once(app_context: Flask, session: Session) -> None:
    registration = make_registration(session, event=make_event(session, details_due_on=DUE))
    for decision in (Decision.ACCEPT, Decision.REVIEW, Decision.ACCEPT):
        decide(
            session,
            actor=make_actor(Role.ORGANIZER),
            reference=registration.reference,
            decision=decision,
            reason_code=None,
            note=None,
            now=NOW,
        )
    assert letters(session) == [(registration.email, 0)]
    assert session.scalars(select(Details.registration_id)).all() == [registration.id]


@pytest.mark.parametrize("due_on", [None, TODAY - timedelta(days=1)])
def test_acceptance_asks_nothing_without_a_day_to_come(
    app_context: Flask, session: Session, due_on: date | None
) -> None:
    registration = make_registration(session, event=make_event(session, details_due_on=due_on))
    decide(
        session,
        actor=make_actor(Role.ORGANIZER),
        reference=registration.reference,
        decision=Decision.ACCEPT,
        reason_code=None,
        note=None,
        now=NOW,
    )
    assert letters(session) == []


def test_a_due_day_set_later_asks_those_who_were_accepted(session: Session) -> None:
    registration = accepted(session)
    make_registration(session, event=registration.event)  # not accepted
    for _twice in range(2):
        assert details.ask_for_work(session, now=NOW) == 1
    assert tasks(session) == [(details.ASK_DETAILS, {"registration_id": registration.id})]
    details.ask_details(session, registration_id=registration.id, now=NOW)
    details.ask_details(session, registration_id=registration.id, now=NOW)
    assert letters(session) == [(registration.email, 0)]
    assert details.ask_for_work(session, now=NOW) == 0


def test_reminders_never_go_out_twice(session: Session) -> None:
    registration = accepted(session)
    asked(session, registration)
    for days, number in ((7, 1), (7, 1), (2, 2), (1, 2)):
        now = NOW + timedelta(days=9 - days)
        details.ask_for_work(session, now=now)
        details.remind_details(session, registration_id=registration.id, number=number, now=now)
    assert letters(session) == [(registration.email, 1), (registration.email, 2)]
    assert [payload["number"] for _task, payload in tasks(session)] == [1, 2]


def test_who_has_answered_is_not_reminded(session: Session) -> None:
    registration = accepted(session)
    asked(session, registration, answered_at=NOW)
    later = NOW + timedelta(days=8)
    assert details.ask_for_work(session, now=later) == 0
    assert not details.remind_details(session, registration_id=registration.id, number=1, now=later)
    assert letters(session) == []


def test_lacks_details_is_asked_accepted_and_unanswered(session: Session) -> None:
    waiting, done, refused, unasked = (accepted(session) for _ in range(4))
    asked(session, waiting)
    asked(session, done, answered_at=NOW)
    asked(session, refused)
    refused.state = RegistrationState.REFUSED
    session.flush()
    assert session.scalars(select(Registration.id).where(lacks_details())).all() == [waiting.id]
    assert unasked.id is not None


def test_answers_are_kept_and_changed_names_get_new_badges(app_context: Flask, session: Session) -> None:
    registration = make_placed_registration(session, representatives=1)
    badge = make_badges(session, registration)[0]
    asked(session, registration)
    people = (Person("Fatima", None, "+212612345679"), Person("Aicha", None, None))
    made = save(session, registration, AnsweredDetails(people, None, None, None))
    assert made.answered_at == NOW
    assert session.scalars(select(Representative.name).order_by(Representative.position)).all() == [
        "Fatima",
        "Aicha",
    ]
    renamed: dict[str, Any] = {
        "registration_id": registration.id,
        "representative_ids": [badge.representative_id],
    }
    assert (details.REPLACE_BADGES, renamed) in tasks(session)
    session.expire_all()
    issued = replace_badges(session, **renamed, vault=VAULT, now=NOW)
    assert len(issued) == 2
    assert (badge.revoked_at, badge.revocation_reason) == (NOW, NAME_CHANGED)
    assert (
        replace_badges(session, registration_id=registration.id, representative_ids=[], vault=VAULT, now=NOW)
        == []
    )
    assert len(session.scalars(select(Badge)).all()) == 3


def test_names_that_stay_keep_their_badges(app_context: Flask, session: Session) -> None:
    registration = make_placed_registration(session, representatives=1)
    make_badges(session, registration)
    asked(session, registration)
    before = tasks(session)
    same = Person(registration.representatives[0].name, None, None)
    save(session, registration, AnsweredDetails((same,), Transport.CAR, None, None))
    assert tasks(session) == before


def test_a_person_with_a_badge_is_replaced_not_left_out(app_context: Flask, session: Session) -> None:
    registration = make_placed_registration(session, representatives=2)
    make_badges(session, registration)
    asked(session, registration)
    with pytest.raises(PersonHasBadge), session.begin_nested():
        save(session, registration)
    unplaced = accepted(session, representatives=2)
    asked(session, unplaced)
    save(session, unplaced)
    query = select(Representative.name).where(Representative.registration_id == unplaced.id)
    assert session.scalars(query).all() == ["Fatima"]


@pytest.mark.parametrize("state", [RegistrationState.RECEIVED, RegistrationState.WITHDRAWN])
def test_only_the_accepted_answer(session: Session, state: RegistrationState) -> None:
    registration = accepted(session)
    asked(session, registration)
    registration.state = state
    session.flush()
    with pytest.raises(DetailsNotAsked):
        save(session, registration)
    with pytest.raises(DetailsNotAsked):
        save(session, accepted(session))


def tracking(app: Flask, registration: Registration) -> tuple[FlaskClient, str]:
    browser = app.test_client()
    browser.post("/en/track", data={"reference": registration.reference, "phone": "0612345678"})
    return browser, f"/en/track/{registration.reference}"


def test_the_page_asks_and_the_organizer_reads(app: Flask, session: Session) -> None:
    registration = accepted(session)
    asked(session, registration)
    question = Question(
        event_id=registration.event_id,
        code="night",
        position=1,
        phase=QuestionPhase.DETAILS,
        kind=QuestionKind.TEXT,
        title_ar="مبيت",
        title_fr="Nuit",
        title_en="Where do you sleep?",
        choices=[],
    )
    session.add(question)
    session.flush()
    slug = registration.event.slug
    browser, url = tracking(app, registration)
    assert "One more thing" in browser.get(url).text
    page = browser.get(f"{url}/details")
    assert page.status_code == 200
    assert "Where do you sleep?" in page.text
    assert registration.representatives[0].name in page.text
    empty = browser.post(
        f"{url}/details", data={"name_1": "", "transport": "ufo", "watts": "much", "appliances": "تلاجة"}
    )
    assert empty.status_code == 422
    for words in (
        "Write the name of at least one person",
        "Answer this question.",
        "Write a number in figures",
        'value="تلاجة"',
    ):
        assert words in empty.text
    answers = {
        "name_1": "فاطمة",
        "transport": "truck",
        "watts": "١٥٠٠",
        "appliances": "ثلاجة",
        "question_0": "hotel",
    }
    assert browser.post(f"{url}/details", data=answers).status_code == 303
    session.expire_all()
    assert session.scalars(select(Answer.value)).all() == ["hotel"]
    assert session.scalars(select(Details.answers)).one() == {
        "transport": "truck",
        "watts": 1500,
        "appliances": "ثلاجة",
    }
    assert "answered on" in browser.get(url).text
    assert 'value="1500"' in browser.get(f"{url}/details").text
    organizer = make_account(session, Role.ORGANIZER, ScopeKind.EVENT, event_id=registration.event_id)
    review = sign_in(app.test_client(), organizer).get(
        f"/en/organizer/events/{slug}/registrations/{registration.reference}"
    )
    for words in ("Answered", "Truck", "ثلاجة", "hotel", "فاطمة"):
        assert words in review.text


def test_a_page_that_asks_nothing_leads_back(app: Flask, session: Session) -> None:
    registration = accepted(session)
    browser, url = tracking(app, registration)
    assert browser.get(f"{url}/details").location.endswith(
        f"/track/{registration.reference[:4]}-{registration.reference[4:]}"
    )
    stranger = app.test_client().get(f"{url}/details")
    assert "reference=" in stranger.location


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
@pytest.mark.parametrize("email", ["coop@example.com", None])
def test_letters_are_drawn_in_each_language(
    app: Flask, session: Session, language: str, email: str | None
) -> None:
    registration = accepted(session, locale=language, email=email)
    if email is None:
        registration.cooperative.email = None
    tell_details(session, registration=registration, reminder=1, now=NOW)
    message = session.scalars(select(Message)).one()
    with app.app_context():
        letter = write_letter(message, (), app.extensions["settings"]).content
    assert registration.reference[:4].encode() in letter or email is not None
    assert len(letter) < (700 if email is None else 60_000)

"""The desk: find a cooperative, fill in one page, file it, print, next; nothing typed is lost."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.accounts.models import Account
from fairapp.audit.domain import Role, ScopeKind
from fairapp.audit.models import AuditEntry
from fairapp.cooperatives.models import Cooperative
from fairapp.events.domain import QuestionKind, QuestionPhase
from fairapp.events.models import Event, Question, RequiredDocument
from fairapp.messages.models import Message
from fairapp.registrations.domain import FilingChannel
from fairapp.registrations.forms.desk import MOST_NEEDED
from fairapp.registrations.models import Registration, RegistrationDraft
from fairapp.registrations.queries.desk import found_cooperatives
from tests import NOW, TODAY
from tests.clients import sign_in
from tests.factories.accounts import make_account
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event, make_market
from tests.factories.registrations import make_registration

FORM: dict[str, Any] = {
    "draft": "a-token-of-this-page-that-nobody-guesses",
    "name_ar": "تعاونية أركان تافراوت",
    "name_fr": "",
    "legal_kind": "cooperative",
    "province": "05.301",
    "commune": "خنيفرة",
    "phone": "٠٦ ١٢ ٣٤ ٥٦ ٧٩",
    "sectors": ["AGR-HONEY"],
    "product_names": "عسل الزعتر، عسل الدغموس",
    "width_cm": "300",
    "name_1": "فاطمة الزهراء",
    "gender_1": "woman",
    "consent": "in_person",
    "message_language": "ar",
}


@pytest.fixture
def agent(session: Session) -> Account:
    """A desk agent of the region."""
    return make_account(session, Role.DESK_AGENT, ScopeKind.REGION, region_code="05")


@pytest.fixture
def desk(client: FlaskClient, agent: Account) -> FlaskClient:
    """A browser where the agent is signed in."""
    return sign_in(client, agent)


def filed(session: Session) -> Registration:
    session.expire_all()
    return session.scalars(select(Registration)).one()


def count(session: Session, model: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def ask_much(session: Session, event: Event) -> None:
    """Give an event as many needed questions as a call may have, and an exempt document."""
    kinds = (QuestionKind.TEXT, QuestionKind.NUMBER, QuestionKind.CHOICE)
    choices = [{"code": "a", "ar": "أ", "fr": "A", "en": "A"}, {"code": "b", "ar": "ب", "fr": "B", "en": "B"}]
    session.add_all(
        Question(
            event_id=event.id,
            code=kind.value,
            position=place,
            phase=QuestionPhase.REGISTRATION,
            kind=kind,
            title_ar=f"سؤال {place}",
            title_fr=f"Question {place}",
            title_en=f"Question {place}",
            choices=choices if kind is QuestionKind.CHOICE else [],
            most=10 if kind is QuestionKind.NUMBER else None,
        )
        for place, kind in enumerate(kinds)
    )
    session.add(
        RequiredDocument(
            event_id=event.id,
            code="food_safety",
            position=1,
            title_ar="ترخيص",
            title_fr="Autorisation",
            title_en="Food safety",
            can_be_exempt=True,
        )
    )
    session.flush()


def test_desk_home_offers_events_that_take_registrations(session: Session, desk: FlaskClient) -> None:
    open_one, closed = make_event(session), make_event(session, closed_at=NOW)
    page = desk.get("/en/desk/").text
    assert f"/en/desk/{open_one.slug}/" in page
    assert closed.slug not in page
    assert "Who are you?" not in page


def test_empty_page_asks_for_twelve_fields_at_most(session: Session, desk: FlaskClient) -> None:
    market = make_market(session, stops=4)
    ask_much(session, market)
    answer = desk.post(f"/en/desk/{market.slug}/form", data={"draft": "t"})
    assert answer.status_code == 422
    needed = answer.text.count('<a href="#')
    summary = answer.text.split('id="errors"')[1].split("</div>")[0]
    assert 0 < summary.count('<a href="#') <= MOST_NEEDED
    assert needed >= summary.count('<a href="#')
    assert count(session, Registration) == 0


def test_form_files_a_new_cooperative_with_consent_and_channel(
    session: Session, desk: FlaskClient, agent: Account
) -> None:
    event = make_event(session)
    answer = desk.post(f"/en/desk/{event.slug}/form", data=FORM)
    registration = filed(session)
    assert answer.location.endswith(
        f"/en/desk/{event.slug}/filed/{registration.reference[:4]}-{registration.reference[4:]}"
    )
    assert (registration.channel, registration.consent, registration.consent_at) == (
        FilingChannel.DESK,
        "in_person",
        NOW,
    )
    assert (registration.filed_by_id, registration.phone, registration.locale) == (
        agent.id,
        "+212612345679",
        "ar",
    )
    page = desk.get(answer.location).text
    assert "The cooperative was asked to confirm." in page
    assert f'href="/en/desk/{event.slug}/"' in page
    acts = session.scalars(select(AuditEntry.action).where(AuditEntry.chain == f"event:{event.slug}"))
    assert list(acts) == ["registrations.filed", "registrations.consent_recorded"]


@pytest.mark.parametrize(
    "consent, channel",
    [
        ("in_person", FilingChannel.DESK),
        ("by_phone", FilingChannel.DESK),
        ("on_paper", FilingChannel.PAPER),
    ],
)
def test_consent_decides_the_channel(
    session: Session, desk: FlaskClient, consent: str, channel: FilingChannel
) -> None:
    event = make_event(session)
    assert desk.post(f"/en/desk/{event.slug}/form", data=FORM | {"consent": consent}).status_code == 303
    assert (filed(session).consent, filed(session).channel) == (consent, channel)


def test_form_sent_twice_is_one_registration(session: Session, desk: FlaskClient) -> None:
    event = make_event(session)
    first = desk.post(f"/en/desk/{event.slug}/form", data=FORM)
    second = desk.post(f"/en/desk/{event.slug}/form", data=FORM | {"is_another": "y"})
    assert first.location == second.location
    assert count(session, Registration) == 1


def test_form_is_filled_from_directory_and_last_registration(session: Session, desk: FlaskClient) -> None:
    cooperative = make_cooperative(session, name_ar="تعاونية النور", members=12)
    make_registration(session, cooperative=cooperative, needs_water=True)
    event = make_event(session)
    page = desk.get(f"/en/desk/{event.slug}/form?cooperative={cooperative.code}").text
    for value in ("تعاونية النور", 'value="12"', "Honey", 'value="Representative 1"'):
        assert value in page
    data = FORM | {"name_ar": cooperative.name_ar, "name_fr": cooperative.name_fr}
    url = f"/en/desk/{event.slug}/form?cooperative={cooperative.code}"
    assert desk.post(url, data=data).status_code == 303
    assert count(session, Cooperative) == 1
    assert session.scalar(select(Registration.cooperative_id).where(Registration.event_id == event.id)) == (
        cooperative.id
    )


def test_form_with_answers_and_documents_of_the_call_keeps_them(session: Session, desk: FlaskClient) -> None:
    event = make_event(session)
    ask_much(session, event)
    answers = {"question_0": "جديد", "question_1": "٧", "question_2": "b"}
    url = f"/en/desk/{event.slug}/form"
    exempt = {"document_0": "exempt"}
    wrong = desk.post(url, data=FORM | answers | exempt | {"question_1": "11"})
    assert wrong.status_code == 422
    assert "جديد" in wrong.text
    assert "why you are exempt" in wrong.text
    right = FORM | answers | exempt | {"explanation_0": "بيع مباشر"}
    assert desk.post(url, data=right).status_code == 303
    draft = session.scalars(select(RegistrationDraft).where(RegistrationDraft.registration_id.is_not(None)))
    stored = draft.one().answers
    assert stored["questions"]["answers"] == [
        {"code": "text", "value": "جديد", "file": None},
        {"code": "number", "value": "7", "file": None},
        {"code": "choice", "value": "b", "file": None},
    ]
    assert stored["documents"]["documents"] == [
        {"code": "food_safety", "state": "exempt", "explanation": "بيع مباشر", "files": []}
    ]


def test_new_cooperative_that_looks_known_is_asked_about_first(session: Session, desk: FlaskClient) -> None:
    known = make_cooperative(session, phone="+212612345679")
    event = make_event(session)
    answer = desk.post(f"/en/desk/{event.slug}/form", data=FORM)
    assert answer.status_code == 422
    assert f"cooperative={known.code}" in answer.text
    assert count(session, Registration) == 0
    assert desk.post(f"/en/desk/{event.slug}/form", data=FORM | {"is_another": "y"}).status_code == 303
    assert count(session, Cooperative) == 2


def test_refused_form_keeps_what_was_typed_and_is_found_again(session: Session, desk: FlaskClient) -> None:
    event = make_event(session)
    url = f"/en/desk/{event.slug}/form"
    answer = desk.post(url, data=FORM | {"phone": "12", "remark": "بجانب الباب"})
    assert answer.status_code == 422
    assert "بجانب الباب" in answer.text
    page = desk.get(f"/en/desk/{event.slug}/").text
    assert "Not sent yet" in page
    [reference] = session.scalars(select(RegistrationDraft.reference))
    resumed = desk.get(f"{url}?kept={reference}").text
    assert "بجانب الباب" in resumed
    assert f'value="={reference}"' in resumed
    assert desk.post(url, data=FORM | {"draft": f"={reference}"}).status_code == 303
    assert filed(session).reference == reference
    assert "Not sent yet" not in desk.get(f"/en/desk/{event.slug}/").text


def test_form_posted_after_the_session_ended_is_found_after_signing_in(
    app: Flask, session: Session, agent: Account
) -> None:
    event = make_event(session)
    nobody = app.test_client()
    answer = nobody.post(f"/en/desk/{event.slug}/form", data=FORM)
    assert answer.status_code == 303
    assert "/sign-in?next=" in answer.location
    assert count(session, Registration) == 0
    back = f"/en/desk/{event.slug}/form?form={FORM['draft']}"
    assert nobody.get(back).status_code == 303
    page = sign_in(nobody, agent).get(back)
    assert "تعاونية أركان تافراوت" in page.text
    assert nobody.post(f"/en/desk/{event.slug}/form", data=FORM).status_code == 303
    assert count(session, Registration) == 1


def test_form_typed_by_another_account_is_not_found(session: Session, app: Flask, desk: FlaskClient) -> None:
    event = make_event(session)
    url = f"/en/desk/{event.slug}/form"
    desk.post(url, data=FORM | {"phone": "12"})
    [reference] = session.scalars(select(RegistrationDraft.reference))
    other = sign_in(app.test_client(), make_account(session, Role.DESK_AGENT))
    assert other.get(f"{url}?form={FORM['draft']}").status_code == 404
    assert FORM["name_ar"] not in other.get(f"{url}?kept={reference}").text


@pytest.mark.parametrize(
    "text",
    ["اركان تافراوت", "تافراوت أركان", "ARGANE tafraout", "06 12 34 56 79", "412/2019"],
    ids=["arabic", "other order", "french", "phone", "register"],
)
def test_search_finds_a_cooperative_in_any_spelling(session: Session, text: str) -> None:
    wanted = make_cooperative(
        session,
        name_ar="تعاونية أركان تافراوت",
        name_fr="Coopérative Argâne Tafraout",
        phone="+212612345679",
        register_number="412/2019",
    )
    make_cooperative(session)
    assert [found.id for found in found_cooperatives(session, text=text)] == [wanted.id]
    assert [found.id for found in found_cooperatives(session, text=wanted.code.lower())] == [wanted.id]


def test_search_leaves_out_merged_entries_and_single_letters(session: Session) -> None:
    kept = make_cooperative(session, name_fr="Tigmi")
    make_cooperative(session, name_fr="Tigmi", merged_into_id=kept.id)
    assert [found.id for found in found_cooperatives(session, text="tigmi")] == [kept.id]
    assert list(found_cooperatives(session, text="t")) == []


def test_desk_page_marks_who_is_registered_already(session: Session, desk: FlaskClient) -> None:
    event = make_event(session)
    cooperative = make_cooperative(session, name_fr="Tigmi")
    make_registration(session, event=event, cooperative=cooperative)
    page = desk.get(f"/en/desk/{event.slug}/?q=tigmi").text
    assert "Already registered here" in page
    assert f"cooperative={cooperative.code}" not in page


def test_desk_page_asks_as_often_for_one_as_for_three(
    session: Session, desk: FlaskClient, agent: Account
) -> None:
    event = make_event(session)

    def queries() -> int:
        statements: list[str] = []
        connection = session.connection()

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if statement.startswith("SELECT"):
                statements.append(statement)

        sqlalchemy_event.listen(connection, "before_cursor_execute", note)
        try:
            page = desk.get(f"/en/desk/{event.slug}/?q=cooperative").text
        finally:
            sqlalchemy_event.remove(connection, "before_cursor_execute", note)
        assert "Filed by you today" in page
        return len(statements)

    values: dict[str, Any] = {"event": event, "filed_by_id": agent.id, "channel": FilingChannel.DESK}
    make_registration(session, **values)
    one = queries()
    for _ in range(2):
        make_registration(session, **values)
    assert queries() == one


def test_organizer_works_at_the_desk_of_the_own_events_only(session: Session, client: FlaskClient) -> None:
    own, foreign = make_event(session), make_event(session, region_code="01")
    organizer = make_account(session, Role.ORGANIZER, ScopeKind.REGION, region_code="05")
    sign_in(client, organizer)
    page = client.get("/en/desk/").text
    assert own.slug in page
    assert foreign.slug not in page
    assert client.get(f"/en/desk/{foreign.slug}/").status_code == 404
    assert client.post(f"/en/desk/{foreign.slug}/form", data=FORM).status_code == 404
    assert client.post(f"/en/desk/{own.slug}/form", data=FORM).status_code == 303


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.GATE])
def test_desk_is_closed_to_others(session: Session, client: FlaskClient, role: Role) -> None:
    event = make_event(session)
    sign_in(client, make_account(session, role))
    assert client.get("/en/desk/").status_code == 403
    assert client.post(f"/en/desk/{event.slug}/form", data=FORM).status_code == 403
    assert count(session, RegistrationDraft) == 0


def test_closed_event_refuses_with_words_and_keeps_what_was_typed(
    session: Session, desk: FlaskClient
) -> None:
    event = make_event(session, registration_closes_on=TODAY - timedelta(days=1))
    answer = desk.post(f"/en/desk/{event.slug}/form", data=FORM)
    assert answer.status_code == 422
    assert "Registration for this event is closed." in answer.text
    assert "تعاونية أركان تافراوت" in answer.text


def test_receipt_is_printed_again_with_another_code(session: Session, desk: FlaskClient) -> None:
    event = make_event(session)
    desk.post(f"/en/desk/{event.slug}/form", data=FORM)
    registration = filed(session)
    url = f"/en/desk/registrations/{registration.reference}/receipt.pdf"
    for _ in range(2):
        answer = desk.post(url)
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        assert answer.data.startswith(b"%PDF-")
    assert desk.post("/en/desk/registrations/K7QM4T2X/receipt.pdf").status_code == 404


def test_receipt_of_another_agents_filing_is_not_found(session: Session, client: FlaskClient) -> None:
    registration = make_registration(session)
    sign_in(client, make_account(session, Role.DESK_AGENT))
    url = f"/en/desk/registrations/{registration.reference}/receipt.pdf"
    assert client.post(url).status_code == 404


def test_filing_at_a_desk_asks_the_cooperative_by_sms_and_mail(session: Session, desk: FlaskClient) -> None:
    event = make_event(session)
    desk.post(f"/en/desk/{event.slug}/form", data=FORM | {"email": "arganier@example.ma"})
    asked = session.scalars(select(Message).where(Message.template == "registrations/confirm")).all()
    assert sorted((message.channel.value, message.recipient) for message in asked) == [
        ("mail", "arganier@example.ma"),
        ("sms", "+212612345679"),
    ]

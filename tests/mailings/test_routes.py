"""Pages of mailings: from the filters to the delivery list, and the link in a message."""

import csv
import io
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event as listen
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role, ScopeKind
from fairapp.events.models import Event
from fairapp.mailings.models import Mailing, MailingRecipient
from fairapp.messages.models import Message
from fairapp.registrations.models import Registration
from tests.clients import sign_in
from tests.factories.accounts import make_account
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event
from tests.factories.mailings import make_mailing
from tests.factories.registrations import make_registration

TEXTS = {
    "subject_ar": "خبر",
    "body_ar": "مرحبا {التعاونية}",
    "subject_fr": "Nouvelle",
    "body_fr": "Bonjour {coopérative}",
}


@pytest.fixture
def organizer(client: FlaskClient, session: Session) -> FlaskClient:
    return sign_in(client, make_account(session, Role.ORGANIZER))


def _two(session: Session) -> tuple[Event, list[Registration]]:
    event = make_event(session)
    made = [
        make_registration(
            session,
            event=event,
            cooperative=make_cooperative(session, name_ar=name, women_led=led, email=email),
            locale=locale,
        )
        for name, led, email, locale in (
            ("تعاونية الأمل", True, "amal@coop.example", "ar"),
            ("تعاونية النور", False, None, "fr"),
        )
    ]
    return event, made


def _opened(session: Session, recipient: MailingRecipient) -> datetime | None:
    session.refresh(recipient)
    return recipient.opened_at


def _sent(session: Session) -> int:
    return len(session.scalars(select(Message).where(Message.template == "mailings/message")).all())


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_mailing_from_the_queue_to_the_delivery_list(
    organizer: FlaskClient, session: Session, language: str
) -> None:
    event, made = _two(session)
    base = f"/{language}/organizer/events/{event.slug}/messages"
    assert f"{base}/new?state=all" in organizer.get(f"{base[:-9]}/registrations?state=all").text
    assert organizer.get(f"{base}/new?state=all").status_code == 200
    path = organizer.post(f"{base}/new?state=all", data=TEXTS).headers["Location"]
    preview = organizer.get(path).text
    assert "مرحبا تعاونية الأمل" in preview
    assert f"Bonjour {made[1].cooperative.name_fr}" in preview
    assert 'name="expected" value="2"' in preview
    assert _sent(session) == 0
    assert organizer.post(f"{path}/trial").status_code == 303
    assert _sent(session) == 2
    for _twice in range(2):
        assert organizer.post(f"{path}/send", data={"expected": "2"}).status_code == 303
    assert _sent(session) == 4
    for show in ("", "?show=waiting", "?show=nonsense", "?show=to_call", "?page=999999999999999999"):
        assert organizer.get(path + show).status_code == 200
    assert organizer.get(base).status_code == 200
    assert organizer.get(f"{path}/calls").status_code == 200
    rows = list(csv.DictReader(io.StringIO(organizer.get(f"{path}.csv").data.decode("utf-8-sig"))))
    assert [(row["channel"], row["delivery"]) for row in rows] == [("mail", "waiting"), ("sms", "waiting")]


def test_mailing_goes_to_the_filtered_alone(organizer: FlaskClient, session: Session) -> None:
    event, made = _two(session)
    base = f"/en/organizer/events/{event.slug}/messages"
    path = organizer.post(f"{base}/new?women=1", data=TEXTS).headers["Location"]
    organizer.post(f"{path}/send", data={"expected": "1"})
    assert list(session.scalars(select(MailingRecipient.registration_id))) == [made[0].id]


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"body_fr": ""}, "Write the text."),
        ({"subject_ar": " "}, "Write what it is about."),
        ({"body_ar": "{الهاتف}"}, "There is no value {الهاتف}."),
        ({"body_fr": "x" * 2001}, "Write at most 2000 characters."),
    ],
    ids=["one language", "no subject", "unknown value", "too long"],
)
def test_mailing_with_a_mistake_says_so_and_keeps_what_was_typed(
    organizer: FlaskClient, session: Session, changes: dict[str, str], words: str
) -> None:
    event, _made = _two(session)
    path = f"/en/organizer/events/{event.slug}/messages/new?state=all"
    answer = organizer.post(path, data=TEXTS | changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Nouvelle" in answer.text
    assert session.scalars(select(Mailing)).all() == []


def test_mailing_that_is_too_long_for_sms_is_not_sent(organizer: FlaskClient, session: Session) -> None:
    event, _made = _two(session)
    base = f"/en/organizer/events/{event.slug}/messages"
    path = organizer.post(f"{base}/new?state=all", data=TEXTS | {"body_fr": "’" * 500}).headers["Location"]
    assert "/send" not in organizer.get(path).text
    organizer.post(f"{path}/send", data={"expected": "2"})
    assert "Shorten it." in organizer.get(path).text
    assert _sent(session) == 0
    organizer.post(f"{path}/edit", data=TEXTS)
    organizer.post(f"{path}/send", data={"expected": "2"})
    assert _sent(session) == 2


def test_mailing_to_a_list_that_changed_asks_to_look_again(organizer: FlaskClient, session: Session) -> None:
    event, _made = _two(session)
    path = organizer.post(f"/en/organizer/events/{event.slug}/messages/new?state=all", data=TEXTS).location
    make_registration(session, event=event, cooperative=make_cooperative(session))
    organizer.post(f"{path}/send", data={"expected": "2"})
    assert "it now names 3, you saw 2" in organizer.get(path).text
    assert _sent(session) == 0


def test_trials_are_limited(organizer: FlaskClient, session: Session) -> None:
    event, _made = _two(session)
    path = organizer.post(f"/en/organizer/events/{event.slug}/messages/new?state=all", data=TEXTS).location
    answers = [organizer.post(f"{path}/trial").status_code for _ in range(11)]
    assert answers == [303] * 10 + [429]


def test_call_is_noted_and_leaves_the_list(organizer: FlaskClient, session: Session) -> None:
    event, made = _two(session)
    mailing, _recipient = make_mailing(session, made[0])
    path = f"/en/organizer/events/{event.slug}/messages/{mailing.code}"
    calls = organizer.get(f"{path}/calls").text
    assert "tel:" in calls
    assert "مرحبا …" in calls
    answer = organizer.post(f"{path}/calls/{made[0].reference}?show=to_call", data={"note": "ستحضر\x00"})
    assert answer.headers["Location"] == f"{path}?show=to_call"
    assert "tel:" not in organizer.get(f"{path}/calls").text
    assert "ستحضر" in organizer.get(f"{path}?show=called").text


def test_link_is_noted_once_and_leads_to_the_tracking_page(client: FlaskClient, session: Session) -> None:
    _event, made = _two(session)
    _mailing, recipient = make_mailing(session, made[1])
    reference = f"{made[1].reference[:4]}-{made[1].reference[4:]}"
    assert client.head(f"/m/{recipient.token}").status_code == 303
    assert _opened(session, recipient) is None
    answer = client.get(f"/m/{recipient.token}")
    assert answer.headers["Location"] == f"/fr/track?reference={reference}"
    noted = _opened(session, recipient)
    assert noted is not None
    client.get(f"/m/{recipient.token}")
    assert _opened(session, recipient) == noted
    assert client.get("/m/unknown").status_code == 404
    assert client.get("/m/%00").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_delivery_list_asks_as_often_for_any_number_of_rows(
    organizer: FlaskClient, session: Session, count: int
) -> None:
    event = make_event(session)
    for _ in range(count):
        make_registration(session, event=event, cooperative=make_cooperative(session))
    path = organizer.post(f"/en/organizer/events/{event.slug}/messages/new?state=all", data=TEXTS).location
    organizer.post(f"{path}/send", data={"expected": str(count)})
    asked: list[str] = []
    listen.listen(
        session.connection().engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2])
    )
    assert organizer.get(path).status_code == 200
    assert len(asked) <= 12


def test_mailings_elsewhere_are_not_found(client: FlaskClient, session: Session) -> None:
    event, made = _two(session)
    mailing, _recipient = make_mailing(session, made[0])
    sign_in(client, make_account(session, Role.ORGANIZER, ScopeKind.REGION, region_code="09"))
    base = f"/en/organizer/events/{event.slug}/messages"
    for path in (base, f"{base}/new", f"{base}/{mailing.code}", f"{base}/{mailing.code}/calls"):
        assert client.get(path).status_code == 404

"""The journey in a browser without scripts: every step, every mistake, sending once."""

from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role, ScopeKind
from fairapp.messages.models import Message
from fairapp.registrations.domain import FilingChannel, Gender
from fairapp.registrations.models import Registration, RegistrationDraft
from tests import NOW
from tests.conftest import sign_in
from tests.factories.accounts import make_account
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event, make_market
from tests.registrations.answers import RIGHT, SEND, walk

ERROR_WORDS = {"ar": "خطأ", "fr": "Erreur", "en": "Error"}


class Page(HTMLParser):
    """What a reader finds: title, summary with its links, the sentence beside each field, all attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.title = ""
        self.links: list[tuple[str, str]] = []
        self.ids: set[str] = set()
        self.attributes: set[str] = set()
        self.summaries: list[dict[str, str | None]] = []
        self.beside: dict[str, str] = {}
        self._stack: list[tuple[str, str]] = []
        self._text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note ids, and where a title, a link of the summary or a sentence begins."""
        found = dict(attrs)
        self.attributes |= set(found)
        if found.get("id"):
            self.ids.add(str(found["id"]))
        if tag == "title":
            self._stack.append(("title", ""))
            self._text = ""
        if tag == "div" and found.get("class") == "errors":
            self.summaries.append(found)
        if tag == "a" and (found.get("href") or "").startswith("#") and self.summaries:
            self._stack.append(("link", str(found["href"])[1:]))
            self._text = ""
        if tag == "span" and found.get("class") == "error":
            self._stack.append(("beside", str(found.get("id"))))
            self._text = ""

    def handle_data(self, data: str) -> None:
        """Collect text."""
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        """Keep what was collected."""
        if not self._stack:
            return
        kind, name = self._stack[-1]
        if (kind, tag) in (("title", "title"), ("link", "a"), ("beside", "span")):
            self._stack.pop()
            text = " ".join(self._text.split())
            if kind == "title":
                self.title = text
            elif kind == "link":
                self.links.append((name, text))
            else:
                self.beside[name] = text


LONG = "ب" * 2000
WRONG: list[tuple[str, str, Any]] = [
    ("cooperative", "name_ar", ""),
    ("cooperative", "name_ar", LONG),
    ("cooperative", "name_fr", LONG),
    ("cooperative", "legal_kind", ""),
    ("cooperative", "legal_kind", "guild"),
    ("cooperative", "register_number", LONG),
    ("cooperative", "register_number", ""),
    ("cooperative", "register_court", LONG),
    ("cooperative", "ice", "1234567890123456"),
    ("cooperative", "ice", "abc"),
    ("place", "province", ""),
    ("place", "province", "99.999"),
    ("place", "commune", ""),
    ("place", "commune", "   "),
    ("place", "commune", LONG),
    ("place", "douar", LONG),
    ("cooperative", "phone", ""),
    ("cooperative", "phone", "12345"),
    ("cooperative", "phone", LONG),
    ("cooperative", "email", "annour"),
    ("cooperative", "email", LONG),
    ("place", "members", ""),
    ("place", "members", "كثير"),
    ("place", "members", "9" * 30),
    ("place", "members", "-3"),
    ("place", "women_members", ""),
    ("place", "women_members", "25"),
    ("place", "youth_members", "25"),
    ("place", "youth_members", "1e3"),
    ("products", "sectors", []),
    ("products", "sectors", ["NOTHING"]),
    ("stops", "stops", []),
    ("stops", "stops", ["S9"]),
    ("stand", "names_0", LONG),
    ("stand", "names_0", "ز" * 130),
    ("stand", "names_1", "، ".join(f"منتوج {number}" for number in range(30))),
    ("stand", "width_cm", "5"),
    ("stand", "remark", LONG),
    ("people", "name_1", ""),
    ("people", "name_1", LONG),
    ("people", "phone_1", "هاتف"),
    ("people", "phone_2", "0612345679"),
    ("people", "name_2", LONG),
]
MISSES = {("people", "phone_2"): "name_2"}  # a phone without a name: the name is missing


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
@pytest.mark.parametrize(
    "step, field, value",
    WRONG,
    ids=[f"{step}-{field}-{number}" for number, (step, field, _) in enumerate(WRONG)],
)
def test_wrong_field_gives_its_message_and_keeps_everything(
    client: FlaskClient, session: Session, language: str, step: str, field: str, value: Any
) -> None:
    event = make_market(session)
    walk(client, event.slug, until=step, language=language)
    typed, blamed = {**RIGHT[step], field: value}, MISSES.get((step, field), field)
    if (step, field) == ("cooperative", "name_ar") and not value:
        typed["name_fr"] = ""
    if blamed != field:
        typed[blamed] = ""
    answer = client.post(f"/{language}/events/{event.slug}/register/{step}", data=typed)
    page = Page(answer.text)
    assert answer.status_code == 422
    # 1 all that was typed is there again, cleaned of outer spaces
    for given in typed.values():
        for text in [given] if isinstance(given, str) else given:
            if text.strip() and text not in ("y", "guild", "99.999", "NOTHING", "S9", "5"):
                assert text.strip() in answer.text
    # 2 the title says so first
    assert page.title.startswith(ERROR_WORDS[language])
    # 3 one summary, with a link to the field
    assert len(page.summaries) == 1
    assert blamed in [name for name, _ in page.links]
    assert {name for name, _ in page.links} <= page.ids
    # 4 the same words beside the field
    sentence = page.beside[f"{blamed}-e"]
    assert sentence
    assert dict(page.links)[blamed].endswith(sentence)
    # 5 the summary takes the focus
    assert page.summaries[0]["role"] == "alert"
    assert page.summaries[0]["tabindex"] == "-1"
    # 6 the browser does not speak before we do
    assert "novalidate" in page.attributes
    assert "required" not in page.attributes


def test_journey_from_first_page_to_receipt(client: FlaskClient, session: Session) -> None:
    event = make_market(session)
    walk(client, event.slug)
    shown = client.get(f"/ar/events/{event.slug}/register/check").text
    for text in ("تعاونية النور", "12/20", "أجلموس", "06 12 34 56 78", "زيت أركان", "فاطمة الزهراء"):
        assert text in shown
    sent = client.post(f"/ar/events/{event.slug}/register/check", data=SEND)
    assert sent.status_code == 303
    receipt = client.get(sent.headers["Location"])
    made = session.scalars(select(Registration)).one()
    assert f"{made.reference[:4]}-{made.reference[4:]}" in receipt.text
    assert (made.phone, made.channel) == ("+212612345678", FilingChannel.SELF)
    session.refresh(made, ["stops", "representatives", "products", "cooperative"])
    assert [stop.code for stop in made.stops] == ["S1", "S3"]
    assert [(one.name, one.gender) for one in made.representatives] == [
        ("فاطمة الزهراء", Gender.WOMAN),
        ("Ahmed", None),
    ]
    assert [one.name for one in made.products] == ["زيت أركان", "أملو"]
    assert (made.cooperative.members, made.cooperative.women_members, made.cooperative.rural) == (
        24,
        21,
        True,
    )


def test_sent_twice_it_is_one_registration_and_one_message(client: FlaskClient, session: Session) -> None:
    event = make_event(session)
    walk(client, event.slug)
    answers = [client.post(f"/ar/events/{event.slug}/register/check", data=SEND) for _ in range(3)]
    assert {answer.headers["Location"] for answer in answers} == {answers[0].headers["Location"]}
    assert session.scalar(select(func.count(Registration.id))) == 1
    assert session.scalar(select(func.count(Message.id))) == 1


def test_a_change_from_the_check_leads_back_to_it(client: FlaskClient, session: Session) -> None:
    event = make_event(session)
    walk(client, event.slug)
    changed = client.post(
        f"/ar/events/{event.slug}/register/place?back=check", data={**RIGHT["place"], "commune": "مريرت"}
    )
    assert changed.headers["Location"].endswith("/register/check")
    assert "مريرت" in client.get(changed.headers["Location"]).text


def test_without_the_declaration_nothing_is_sent(client: FlaskClient, session: Session) -> None:
    event = make_event(session)
    walk(client, event.slug)
    answer = client.post(f"/ar/events/{event.slug}/register/check", data={})
    page = Page(answer.text)
    assert (answer.status_code, page.links[0][0]) == (422, "consent")
    assert page.title.startswith("خطأ")
    assert session.scalar(select(func.count(Registration.id))) == 0


def test_a_wrong_ice_warns_and_is_sent(client: FlaskClient, session: Session) -> None:
    event = make_event(session)
    wrong = {**RIGHT["cooperative"], "ice": "001561191000067"}
    client.post(f"/en/events/{event.slug}/register", data=wrong)
    walk_from = f"/en/events/{event.slug}/register"
    for step in ("place", "products", "stand", "people"):
        client.post(f"{walk_from}/{step}", data=RIGHT[step])
    assert "One digit of the ICE seems wrong" in client.get(f"{walk_from}/check").text
    assert client.post(f"{walk_from}/check", data=SEND).status_code == 303


def test_every_step_is_kept_on_the_server(client: FlaskClient, session: Session) -> None:
    event = make_event(session)
    walk(client, event.slug, until="products")
    again = client.get(f"/ar/events/{event.slug}/register")
    assert again.headers["Location"].endswith("/register/products")
    kept = client.get(f"/ar/events/{event.slug}/register/place").text
    assert "أجلموس" in kept
    assert session.scalars(select(RegistrationDraft.answers)).one()["place"]["commune"] == "أجلموس"


def test_steps_before_the_first_lead_to_the_start(client: FlaskClient, session: Session) -> None:
    event = make_event(session)
    for path in ("people", "check", "stops"):
        answer = client.get(f"/ar/events/{event.slug}/register/{path}")
        assert (answer.status_code, answer.headers["Location"]) == (
            303,
            f"/ar/events/{event.slug}/register",
        )


def test_reading_writes_nothing(client: FlaskClient, session: Session) -> None:
    event = make_event(session)
    client.get(f"/ar/events/{event.slug}/register")
    assert session.scalar(select(func.count(RegistrationDraft.id))) == 0


@pytest.mark.parametrize("step", ["", "/place", "/check"])
def test_a_closed_event_explains_itself(client: FlaskClient, session: Session, step: str) -> None:
    event = make_event(session, closed_at=NOW)
    answer = client.get(f"/en/events/{event.slug}/register{step}", follow_redirects=True)
    assert answer.status_code == 200
    assert "The organizer closed the registration" in answer.text


def test_an_unknown_event_is_not_found(client: FlaskClient, session: Session) -> None:
    hidden = make_event(session, published_at=None)
    assert client.get(f"/ar/events/{hidden.slug}/register").status_code == 404
    assert client.get("/ar/events/none/register").status_code == 404


def test_a_foreign_receipt_is_not_found(client: FlaskClient, session: Session) -> None:
    event = make_event(session)
    walk(client, event.slug)
    assert client.get(f"/ar/events/{event.slug}/registered/guess").status_code == 404


def test_a_signed_in_cooperative_is_not_asked_twice(client: FlaskClient, session: Session) -> None:
    event = make_event(session)
    own = make_cooperative(session, name_ar="تعاونية تيفاوين", members=9, women_members=9)
    account = make_account(session, Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=own.id)
    sign_in(client, account)
    assert "تعاونية تيفاوين" in client.get(f"/ar/events/{event.slug}/register/cooperative").text
    first = client.post(
        f"/ar/events/{event.slug}/register", data={**RIGHT["cooperative"], "name_ar": "تعاونية تيفاوين"}
    )
    assert first.headers["Location"].endswith("/register/products")
    for step in ("products", "stand", "people"):
        client.post(f"/ar/events/{event.slug}/register/{step}", data=RIGHT[step])
    client.post(f"/ar/events/{event.slug}/register/check", data=SEND)
    made = session.scalars(select(Registration)).one()
    assert (made.cooperative_id, made.filed_by_id) == (own.id, account.id)


def test_a_desk_agent_files_for_a_cooperative_and_goes_on_with_the_next(
    client: FlaskClient, session: Session
) -> None:
    event = make_event(session)
    agent = make_account(session, Role.DESK_AGENT)
    sign_in(client, agent)
    walk(client, event.slug, language="fr")
    sent = client.post(
        f"/fr/events/{event.slug}/register/check",
        data={**SEND, "channel": "paper", "message_language": "ar"},
    )
    made = session.scalars(select(Registration)).one()
    assert (made.channel, made.filed_by_id, made.locale) == (FilingChannel.PAPER, agent.id, "ar")
    assert "again=1" in client.get(sent.headers["Location"]).text
    fresh = client.get(f"/fr/events/{event.slug}/register?again=1", follow_redirects=True)
    assert fresh.status_code == 200
    assert "تعاونية النور" not in fresh.text
    assert f"{made.reference[:4]}-{made.reference[4:]}" in client.get("/fr/desk/").text


def test_already_registered_is_said_on_the_check_page(client: FlaskClient, session: Session) -> None:
    event = make_event(session)
    for answer in (303, 422):
        walk(client, event.slug)
        sent = client.post(f"/en/events/{event.slug}/register/check", data=SEND)
        assert sent.status_code == answer
        with client.session_transaction() as browser:
            browser.pop("drafts")
    assert "already sent a registration" in sent.text

"""Pages after a decision: success, refusal with what was typed, no access."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, select
from sqlalchemy.orm import Session

from fairapp.accounts.models import Account
from fairapp.audit.domain import Role, ScopeKind
from fairapp.decisions import tasks
from fairapp.decisions.domain.states import AppealState, OfferState
from fairapp.decisions.models import Appeal, FreedPlace, LetterPrint, PlaceOffer, WaitingSkip
from fairapp.events.models import Capacity, Event
from fairapp.foundation.ids import show_reference
from fairapp.outbox.models import OutboxRow
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.models import Registration
from tests import NOW, TODAY
from tests.clients import sign_in
from tests.decisions.arrange import decided, letter
from tests.factories.accounts import make_account, make_actor
from tests.factories.decisions import make_appeal, make_letter, make_offer, make_place
from tests.factories.events import make_event, make_market
from tests.factories.registrations import make_accepted_registration, make_registration

S = RegistrationState
FAIR = "/en/organizer/events/fair/decisions"


@pytest.fixture
def fair(session: Session) -> Event:
    return make_event(session, slug="fair")


@pytest.fixture
def refused(app: Flask, session: Session, fair: Event) -> Registration:
    with app.app_context():
        return decided(session, event=fair, note="Next year")


@pytest.fixture
def owner(client: FlaskClient, session: Session, refused: Registration) -> FlaskClient:
    """The browser of the cooperative that was refused."""
    scope = ScopeKind.COOPERATIVE
    account = make_account(session, Role.COOPERATIVE, scope, cooperative_id=refused.cooperative_id)
    return sign_in(client, account)


@pytest.fixture
def organizer(session: Session, fair: Event) -> Account:
    return make_account(session, Role.ORGANIZER, ScopeKind.REGION, region_code=fair.region_code)


@pytest.fixture
def browser(app: Flask, connection: Connection, organizer: Account) -> FlaskClient:
    return sign_in(app.test_client(), organizer)


@contextmanager
def _queries(connection: Connection) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(connection, "before_cursor_execute", note)


def test_own_letter_says_why(owner: FlaskClient, refused: Registration) -> None:
    page = owner.get(f"/en/track/{refused.reference}/letter")
    assert page.status_code == 200
    for words in ("Your request is not accepted", "Reason rank", "Next year", "You may object until"):
        assert words in page.text
    pdf = owner.get(f"/en/track/{refused.reference}/letter.pdf")
    assert (pdf.mimetype, pdf.data[:4]) == ("application/pdf", b"%PDF")
    assert pdf.headers["Cache-Control"] == "no-store"


def test_own_letter_of_somebody_else_is_asked_for_first(client: FlaskClient, refused: Registration) -> None:
    for path in ("letter", "letter.pdf", "objection"):
        page = client.get(f"/en/track/{refused.reference}/{path}")
        assert (page.status_code, "/en/track" in page.location) == (303, True)


def test_the_tracked_page_leads_to_the_letter(owner: FlaskClient, refused: Registration) -> None:
    page = owner.get(f"/en/track/{refused.reference}").text
    assert "/letter" in page
    assert "/objection" in page


def test_check_letter_says_only_that_it_is_genuine(
    client: FlaskClient, session: Session, refused: Registration
) -> None:
    found = letter(session, refused)
    page = client.get(f"/en/letters/{found.token}")
    assert "Yes. This letter was written here" in page.text
    assert found.facts_hash[:4] in page.text
    assert refused.cooperative.name_fr not in page.text
    assert "Reason rank" not in page.text
    assert client.get("/en/letters/unknown").status_code == 404


def test_check_letter_finds_a_change(client: FlaskClient, session: Session, refused: Registration) -> None:
    found = letter(session, refused)
    found.facts = found.facts | {"decision": "accepted"}
    session.flush()
    assert "No. What is kept of this letter was changed" in client.get(f"/en/letters/{found.token}").text


def test_event_letters_shows_and_prints(
    app: Flask, session: Session, browser: FlaskClient, refused: Registration
) -> None:
    found = letter(session, refused)
    assert refused.cooperative.name_ar in browser.get("/ar/organizer/events/fair/decisions").text
    assert browser.get(f"{FAIR}/letters/{found.token}").status_code == 200
    assert browser.get(f"{FAIR}/letters/{found.token}.pdf").data.startswith(b"%PDF")
    answer = browser.post(f"{FAIR}/print", data={"which": "all"})
    assert answer.status_code == 303
    waits = browser.get(answer.location)
    assert waits.headers["Refresh"] == "3"
    assert browser.get(f"{answer.location}/letters.pdf").status_code == 404
    row = session.scalars(select(OutboxRow).where(OutboxRow.task == "decisions.print_letters")).one()
    with app.app_context():
        tasks.print_letters(**row.payload, key=row.key)
    session.expire_all()
    assert session.scalars(select(LetterPrint.letters)).one() == 1
    assert "1 letter is ready" in browser.get(answer.location).text
    assert browser.get(f"{answer.location}/letters.pdf").data.startswith(b"%PDF")


def test_ask_print_for_those_without_a_channel(
    session: Session, browser: FlaskClient, refused: Registration
) -> None:
    answer = browser.post(f"{FAIR}/print", data={"which": "paper"}, follow_redirects=True)
    assert "There is no letter to print." in answer.text
    refused.phone = refused.email = refused.cooperative.phone = refused.cooperative.email = None
    session.flush()
    assert "/print/" in browser.post(f"{FAIR}/print", data={"which": "paper"}).location


@pytest.fixture
def offer(session: Session, fair: Event) -> PlaceOffer:
    waits = make_registration(session, event=fair, state=S.WAITLISTED)
    return make_offer(session, make_place(session, make_accepted_registration(session, event=fair)), waits)


def test_take_offer_by_its_link(client: FlaskClient, session: Session, offer: PlaceOffer) -> None:
    page = client.get(f"/en/offers/{offer.token}").text
    assert "Answer before" in page
    for _tap in range(2):
        answer = client.post(f"/en/offers/{offer.token}", data={"take": "1"}, follow_redirects=True)
        assert "You have taken the place." in answer.text
    session.expire_all()
    assert session.get(Registration, offer.registration_id).state is S.ACCEPTED  # type: ignore[union-attr]


def test_decline_offer_by_its_link(client: FlaskClient, session: Session, offer: PlaceOffer) -> None:
    answer = client.post(f"/en/offers/{offer.token}", data={"decline": "1"}, follow_redirects=True)
    assert "You have declined the place" in answer.text
    late = client.post(f"/en/offers/{offer.token}", data={"take": "1"})
    assert late.status_code == 409
    assert "This offer is over" in late.text


def test_an_offer_out_of_time_has_no_buttons(
    client: FlaskClient, session: Session, offer: PlaceOffer
) -> None:
    offer.deadline_at = NOW - timedelta(seconds=1)
    session.flush()
    page = client.get(f"/en/offers/{offer.token}").text
    assert "This offer is over" in page
    assert 'name="take"' not in page
    assert client.post(f"/en/offers/{offer.token}", data={"take": "1"}).status_code == 409
    assert client.get("/en/offers/unknown").status_code == 404


def test_an_open_offer_shows_on_the_tracked_page(
    app: Flask, session: Session, connection: Connection, offer: PlaceOffer
) -> None:
    registration = session.get(Registration, offer.registration_id)
    assert registration is not None
    scope = ScopeKind.COOPERATIVE
    account = make_account(session, Role.COOPERATIVE, scope, cooperative_id=registration.cooperative_id)
    page = sign_in(app.test_client(), account).get(f"/en/track/{registration.reference}").text
    assert f"/en/offers/{offer.token}" in page


def test_waiting_list_shows_order_offers_and_places(browser: FlaskClient, offer: PlaceOffer) -> None:
    page = browser.get(f"{FAIR}/waiting-list").text
    for words in ("Who waits, in order", "A place is offered to it already", "Take back", "Left by"):
        assert words in page


def test_waiting_list_is_stopped_and_started(session: Session, browser: FlaskClient, fair: Event) -> None:
    page = browser.post(f"{FAIR}/waiting-list/stop", follow_redirects=True).text
    assert "The waiting list is stopped since" in page
    browser.post(f"{FAIR}/waiting-list/start")
    session.expire_all()
    assert fair.waiting_list_stopped_at is None


def test_offer_more_keeps_what_was_typed(session: Session, browser: FlaskClient, fair: Event) -> None:
    answer = browser.post(f"{FAIR}/waiting-list/more", data={"places": "99", "key": str(uuid.uuid4())})
    assert answer.status_code == 422
    assert 'value="99"' in answer.text
    answer = browser.post(f"{FAIR}/waiting-list/more", data={"places": "two", "key": "x"})
    assert answer.status_code == 422
    data = {"places": "2", "key": str(uuid.uuid4())}
    assert browser.post(f"{FAIR}/waiting-list/more", data=data).status_code == 303
    assert len(session.scalars(select(FreedPlace)).all()) == 2


def test_look_again_offers_what_nobody_fitted(
    app: Flask, session: Session, browser: FlaskClient, fair: Event
) -> None:
    full = Capacity(event_id=fair.id, stop_code="", sector_code="", places=0)
    session.add(full)
    make_registration(session, event=fair, state=S.WAITLISTED)
    place = make_place(session, make_registration(session, event=fair, state=S.REFUSED))
    page = browser.get(f"{FAIR}/waiting-list").text
    assert "Nobody on the list fits" in page
    assert "The places of the stop are all given" in page
    full.places = 1
    session.flush()
    key = str(uuid.uuid4())
    for _tap in range(2):
        browser.post(f"{FAIR}/waiting-list/look-again", data={"key": key})
    row = session.scalars(select(OutboxRow).where(OutboxRow.task == "decisions.offer_place")).one()
    assert row.payload == {"place_id": place.id}
    with app.app_context():
        tasks.offer_place(**row.payload, key=row.key)
    assert session.scalars(select(PlaceOffer.state)).one() is OfferState.OPEN


def test_offer_by_hand_and_skip_ask_for_the_reason(
    session: Session, browser: FlaskClient, fair: Event
) -> None:
    waits = make_registration(session, event=fair, state=S.WAITLISTED)
    base = f"{FAIR}/waiting-list/{waits.reference}"
    for act in ("skip", "offer"):
        assert browser.get(f"{base}/{act}").status_code == 200
        assert browser.post(f"{base}/{act}", data={"reason": ""}).status_code == 422
    browser.post(f"{base}/skip", data={"reason": "cannot be reached"})
    assert session.scalars(select(WaitingSkip.reason)).one() == "cannot be reached"
    assert "cannot be reached" in browser.get(f"{FAIR}/waiting-list").text
    browser.post(f"{base}/include")
    assert session.scalars(select(WaitingSkip)).all() == []
    browser.post(f"{base}/offer", data={"reason": "the jury asked"})
    assert session.scalars(select(PlaceOffer.note)).one() == "the jury asked"
    again = browser.post(f"{base}/offer", data={"reason": "and again"})
    assert again.status_code == 409
    assert "and again" in again.text


def test_stop_offer_and_keep_place(session: Session, browser: FlaskClient, offer: PlaceOffer) -> None:
    base = f"{FAIR}/waiting-list"
    browser.post(f"{base}/offers/{offer.code}/stop", data={"reason": "broken stand"})
    session.expire_all()
    assert offer.state is OfferState.STOPPED
    browser.post(f"{base}/places/{offer.place_id}/keep", data={"reason": "a path"})
    session.expire_all()
    place = session.get(FreedPlace, offer.place_id)
    assert place is not None
    assert (place.closed_at, place.note) == (NOW, "a path")


def test_object_to_keeps_what_was_typed(owner: FlaskClient, session: Session, refused: Registration) -> None:
    url = f"/en/track/{refused.reference}/objection"
    assert "You may object until" in owner.get(url).text
    for text in ("", "x" * 2001):
        answer = owner.post(url, data={"text": text})
        assert answer.status_code == 422
        assert text in answer.text
    answer = owner.post(url, data={"text": "We were <first>."}, follow_redirects=True)
    assert "waits for its answer" in answer.text
    again = owner.post(url, data={"text": "Once more"})
    assert again.status_code == 409
    assert "Once more" in again.text
    assert session.scalars(select(Appeal.text)).one() == "We were <first>."
    owner.post(f"{url}/withdraw")
    session.expire_all()
    assert session.scalars(select(Appeal.state)).one() is AppealState.WITHDRAWN


def test_answer_appeal_by_another(
    session: Session, browser: FlaskClient, owner: FlaskClient, refused: Registration
) -> None:
    owner.post(f"/en/track/{refused.reference}/objection", data={"text": "We were <first>."})
    appeal = session.scalars(select(Appeal)).one()
    url = f"{FAIR}/appeals/{appeal.code}"
    assert "1 objection waits for an answer." in browser.get("/en/organizer/events/fair").text
    assert "We were &lt;first&gt;." in browser.get(url).text
    bad = browser.post(url, data={"outcome": "waitlist", "answer": "A sum was wrong."})
    assert bad.status_code == 422
    assert "A sum was wrong." in bad.text
    assert browser.post(url, data={"outcome": "reject", "answer": ""}).status_code == 422
    browser.post(url, data={"outcome": "accept", "answer": "A sum was wrong."})
    session.expire_all()
    assert (appeal.state, refused.state) == (AppealState.UPHELD, S.ACCEPTED)
    assert show_reference(refused.reference) in browser.get(f"{FAIR}/appeals?state=upheld").text


def test_who_decided_neither_sees_nor_answers(
    app: Flask, session: Session, browser: FlaskClient, organizer: Account, fair: Event
) -> None:
    with app.app_context():
        registration = decided(session, event=fair, actor=make_actor(Role.ORGANIZER, account=organizer))
    appeal = make_appeal(session, registration, decided_by_id=organizer.id, text="secret words")
    page = browser.get(f"{FAIR}/appeals").text
    assert "You took this decision: another person answers." in page
    for answer in (
        browser.get(f"{FAIR}/appeals/{appeal.code}"),
        browser.post(f"{FAIR}/appeals/{appeal.code}", data={"outcome": "reject", "answer": "no"}),
    ):
        assert answer.status_code == 403
        assert "another person must see and answer" in answer.text
        assert "secret words" not in answer.text
    session.expire_all()
    assert appeal.state is AppealState.FILED


def _more_letters(session: Session, fair: Event) -> None:
    make_letter(session, make_registration(session, event=fair, state=S.REFUSED))


def _more_waiting(session: Session, fair: Event) -> None:
    waits = make_registration(session, event=fair, state=S.WAITLISTED)
    make_offer(session, make_place(session, make_accepted_registration(session, event=fair)), waits)
    make_place(session, make_accepted_registration(session, event=fair))


def _more_appeals(session: Session, fair: Event) -> None:
    make_appeal(session, make_registration(session, event=fair, state=S.REFUSED))


@pytest.mark.parametrize(
    "path, more",
    [("", _more_letters), ("/waiting-list", _more_waiting), ("/appeals", _more_appeals)],
    ids=["letters", "waiting list", "appeals"],
)
def test_lists_take_as_many_queries_for_three_as_for_one(
    session: Session,
    connection: Connection,
    browser: FlaskClient,
    fair: Event,
    path: str,
    more: Callable[[Session, Event], None],
) -> None:
    counts = []
    for number in (1, 2):
        for _ in range(number):
            more(session, fair)
        with _queries(connection) as seen:
            assert browser.get(f"{FAIR}{path}").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_pages_of_a_market_name_their_stops(app: Flask, session: Session, connection: Connection) -> None:
    market = make_market(session, slug="market", stops=2)
    _more_waiting(session, market)
    browser = sign_in(app.test_client(), make_account(session, Role.ORGANIZER))
    page = browser.get("/en/organizer/events/market/decisions/waiting-list")
    assert page.status_code == 200
    assert "Every stop" in page.text


def test_another_organizer_finds_nothing(
    app: Flask, session: Session, connection: Connection, fair: Event, offer: PlaceOffer
) -> None:
    stranger = make_account(session, Role.ORGANIZER, ScopeKind.REGION, region_code="01")
    browser = sign_in(app.test_client(), stranger)
    for path in ("", "/waiting-list", "/appeals", f"/waiting-list/offers/{offer.code}/stop"):
        assert browser.get(f"{FAIR}{path}").status_code == 404


def test_verify_finds_a_changed_letter(app: Flask, session: Session, refused: Registration) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["decisions", "verify"]).output == "all letters are as they were written\n"
    found = letter(session, refused)
    found.facts = found.facts | {"decision": "accepted"}
    session.flush()
    answer = runner.invoke(args=["decisions", "verify"])
    assert (answer.exit_code, answer.output.splitlines()) == (
        1,
        [f"letter {found.id}: what it says is not what was hashed", "1 faults"],
    )


def test_the_report_of_the_event_counts_objections(
    session: Session, browser: FlaskClient, client: FlaskClient, fair: Event, refused: Registration
) -> None:
    make_appeal(session, refused)
    fair.stops[0].starts_on = TODAY
    session.flush()
    assert "0 answered · 0 upheld" in browser.get("/en/official/events/fair").text
    browser.post("/en/official/events/fair/publish")
    page = client.get("/en/events/fair/report")
    assert "Objections to the decisions on registrations" in page.text

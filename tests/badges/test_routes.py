"""Pages of badges and of the gate, each once for success, refusal and no access."""

import io
import uuid

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role, ScopeKind
from fairapp.badges import codes
from fairapp.badges.models import Badge, BadgePrint, Scan
from fairapp.badges.services.prints import keep_print
from fairapp.cooperatives.models import Cooperative
from fairapp.events.models import Event
from fairapp.foundation.clock import local_date, utc_now
from tests import NOW
from tests.clients import sign_in
from tests.factories.accounts import make_account
from tests.factories.badges import make_badge
from tests.factories.events import make_event, make_running_event


@pytest.fixture
def event(session: Session) -> Event:
    """A fair that runs on the day of the test: pages ask the real clock."""
    event = make_running_event(session)
    event.stops[0].starts_on = event.stops[0].ends_on = local_date(utc_now())
    session.flush()
    return event


@pytest.fixture
def badge(session: Session, event: Event) -> Badge:
    return make_badge(session, event=event)


@pytest.fixture
def organizer(client: FlaskClient, session: Session) -> FlaskClient:
    return sign_in(client, make_account(session, Role.ORGANIZER))


@pytest.fixture
def gate(client: FlaskClient, session: Session) -> FlaskClient:
    return sign_in(client, make_account(session, Role.GATE))


def _form(event: Event, code: str, **values: object) -> dict[str, object]:
    return {"id": str(uuid.uuid4()), "event": event.slug, "stop": "S1", "gate": "main", "code": code} | values


@pytest.mark.parametrize(
    "path, header, language",
    [("/b/", "fr-FR", "fr"), ("/b/", "ar", "ar-MA"), ("/b/", "de", "ar-MA"), ("/en/b/", "fr", "en")],
)
def test_badge_page_speaks_the_readers_language(
    client: FlaskClient, badge: Badge, path: str, header: str, language: str
) -> None:
    answer = client.get(path + badge.token, headers={"Accept-Language": header})
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text
    assert badge.short_code[:4] + "-" + badge.short_code[4:] in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "A-14" in answer.text


def test_badge_page_of_an_unknown_secret_is_404(client: FlaskClient, badge: Badge) -> None:
    for path in (f"/b/{badge.short_code}", f"/b/{badge.id}", "/b/x/badge.pdf", "/fr/b/x"):
        assert client.get(path).status_code == 404


def test_badge_file_is_a_pdf_and_a_picture(client: FlaskClient, badge: Badge) -> None:
    pdf = client.get(f"/b/{badge.token}/badge.pdf")
    assert (pdf.status_code, pdf.mimetype) == (200, "application/pdf")
    assert len(PdfReader(io.BytesIO(pdf.data)).pages) == 1
    picture = client.get(f"/b/{badge.token}/badge.png")
    assert codes.read_photo(picture.data) == badge.code


def test_revoked_badge_says_so_and_shows_no_qr(client: FlaskClient, session: Session, badge: Badge) -> None:
    badge.revoked_at, badge.revocation_reason = NOW, "<Lost>"
    session.flush()
    answer = client.get(f"/en/b/{badge.token}")
    assert "This badge is revoked" in answer.text
    assert "&lt;Lost&gt;" in answer.text
    assert 'class="qr"' not in answer.text
    for name in ("badge.pdf", "badge.png"):
        assert client.get(f"/b/{badge.token}/{name}").status_code == 303


def test_list_shows_and_finds_badges(organizer: FlaskClient, event: Event, badge: Badge) -> None:
    path = f"/en/organizer/events/{event.slug}/badges"
    assert "Representative 1" in organizer.get(path).text
    assert "No badge is found" in organizer.get(path, query_string={"q": "nobody"}).text
    assert "No badge is found" in organizer.get(path, query_string={"state": "revoked"}).text


@pytest.mark.parametrize(
    "path", ["badges", "badges/23456789/revoke", "scans", f"badges/print/{uuid.uuid4()}"]
)
def test_pages_of_another_region_are_not_found(
    client: FlaskClient, session: Session, event: Event, path: str
) -> None:
    sign_in(client, make_account(session, Role.ORGANIZER, ScopeKind.REGION, region_code="01"))
    assert client.get(f"/en/organizer/events/{event.slug}/{path}").status_code == 404


def test_revoke_without_a_reason_is_asked_for_it(
    organizer: FlaskClient, session: Session, event: Event, badge: Badge
) -> None:
    path = f"/en/organizer/events/{event.slug}/badges/{badge.short_code}/revoke"
    answer = organizer.post(path, data={"reason": ""})
    assert answer.status_code == 422
    assert "Write the reason." in answer.text
    session.refresh(badge)
    assert badge.revoked_at is None


def test_revoke_with_a_reason_revokes_and_gives_another(
    organizer: FlaskClient, session: Session, event: Event, badge: Badge
) -> None:
    path = f"/en/organizer/events/{event.slug}/badges/{badge.short_code}/revoke"
    answer = organizer.post(path, data={"reason": "Phone lost", "replace": "y"})
    assert answer.status_code == 303
    session.refresh(badge)
    assert badge.revocation_reason == "Phone lost"
    assert len(session.scalars(select(Badge).where(Badge.revoked_at.is_(None))).all()) == 1
    assert organizer.post(path, data={"reason": "again"}).status_code == 409
    assert "already revoked" in organizer.get(path).text


def test_send_again_answers_with_a_message(organizer: FlaskClient, event: Event, badge: Badge) -> None:
    base = f"/en/organizer/events/{event.slug}/badges"
    answer = organizer.post(f"{base}/{badge.short_code}/send", follow_redirects=True)
    assert "being sent again" in answer.text
    assert organizer.post(f"{base}/23456789/send").status_code == 404


def test_send_again_of_a_revoked_badge_says_why_not(
    organizer: FlaskClient, session: Session, event: Event, badge: Badge
) -> None:
    badge.revoked_at = NOW
    session.flush()
    path = f"/en/organizer/events/{event.slug}/badges/{badge.short_code}/send"
    assert "already revoked" in organizer.post(path, follow_redirects=True).text


def test_print_of_all_badges_is_asked_for_waited_for_and_fetched(
    organizer: FlaskClient, session: Session, event: Event, badge: Badge
) -> None:
    asked = organizer.post(f"/en/organizer/events/{event.slug}/badges/print")
    assert asked.status_code == 303
    page = organizer.get(asked.headers["Location"])
    assert (page.status_code, page.headers["Refresh"]) == (200, "3")
    assert organizer.get(asked.headers["Location"] + "/badges.pdf").status_code == 404
    print_id = session.scalars(select(BadgePrint.id)).one()
    keep_print(session, print_id=print_id, content=b"%PDF-1.7", badges=1, now=NOW)
    session.commit()
    page = organizer.get(asked.headers["Location"])
    assert "Refresh" not in page.headers
    assert organizer.get(asked.headers["Location"] + "/badges.pdf").data == b"%PDF-1.7"


def test_print_without_badges_says_so(organizer: FlaskClient, event: Event) -> None:
    answer = organizer.post(f"/en/organizer/events/{event.slug}/badges/print", follow_redirects=True)
    assert "no valid badge" in answer.text


def test_cooperative_sees_its_badges(client: FlaskClient, session: Session, badge: Badge) -> None:
    sign_in(
        client,
        make_account(
            session,
            Role.COOPERATIVE,
            ScopeKind.COOPERATIVE,
            cooperative_id=session.scalars(select(Cooperative.id)).one(),
        ),
    )
    assert f"/en/b/{badge.token}" in client.get("/en/cooperative/badges").text
    assert client.get("/en/gate").status_code == 403


def test_gate_with_one_place_opens_it_and_may_use_the_camera(gate: FlaskClient, event: Event) -> None:
    answer = gate.get("/en/gate")
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"/en/gate?event={event.slug}&stop=S1&gate=main",
    )
    page = gate.get(answer.headers["Location"])
    assert page.status_code == 200
    assert "camera=(self)" in page.headers["Permissions-Policy"]


def test_gate_with_several_places_asks_which(gate: FlaskClient, session: Session, event: Event) -> None:
    other = make_event(session)
    other.stops[0].starts_on = other.stops[0].ends_on = local_date(utc_now())
    session.flush()
    assert "Where do you scan?" in gate.get("/en/gate").text
    assert "Choose the place." in gate.get("/en/gate?gate=2").text
    answer = gate.get("/en/gate", query_string={"place": f"{other.slug} S1", "gate": "2"})
    assert answer.headers["Location"] == f"/en/gate?event={other.slug}&stop=S1&gate=2"


def test_gate_without_a_place_says_so(gate: FlaskClient) -> None:
    assert "No gate is open" in gate.get("/en/gate").text


def test_scan_typed_without_script_shows_the_verdict_and_comes_back(
    gate: FlaskClient, event: Event, badge: Badge
) -> None:
    answer = gate.post("/en/gate/scans", data=_form(event, badge.short_code.lower()))
    assert answer.status_code == 303
    page = gate.get(answer.headers["Location"])
    assert "Come in" in page.text
    assert page.headers["Refresh"] == f"4; url=/en/gate?event={event.slug}&stop=S1&gate=main"
    again = gate.get(gate.post("/en/gate/scans", data=_form(event, badge.code)).headers["Location"])
    assert "Already in" in again.text
    assert "Came in by" in again.text
    assert "Refresh" not in again.headers


def test_scan_sent_twice_with_one_id_counts_once(
    gate: FlaskClient, session: Session, event: Event, badge: Badge
) -> None:
    form = _form(event, badge.code)
    places = {gate.post("/en/gate/scans", data=form).headers["Location"] for _ in range(2)}
    assert places == {f"/en/gate/scans/{form['id']}"}
    assert len(session.scalars(select(Scan)).all()) == 1


@pytest.mark.parametrize("code, words", [("nothing", "Unknown badge"), ("23456789", "Unknown badge")])
def test_scan_of_an_unknown_badge_is_refused(gate: FlaskClient, event: Event, code: str, words: str) -> None:
    page = gate.post("/en/gate/scans", data=_form(event, code), follow_redirects=True)
    assert words in page.text
    assert "No entry" in page.text


def test_scan_of_another_events_badge_tells_no_name(
    gate: FlaskClient, session: Session, event: Event
) -> None:
    other = make_badge(session)
    page = gate.post("/en/gate/scans", data=_form(event, other.code), follow_redirects=True)
    assert "Badge of another event" in page.text
    assert "Representative" not in page.text


def test_scan_of_a_revoked_badge_is_let_in_by_hand_with_a_reason(
    gate: FlaskClient, session: Session, event: Event, badge: Badge
) -> None:
    badge.revoked_at, badge.revocation_reason = NOW, "no_stand"
    session.flush()
    place = gate.post("/en/gate/scans", data=_form(event, badge.code)).headers["Location"]
    assert "The stand was taken back." in gate.get(place).text
    assert gate.post(f"{place}/let-in", data={"reason": "nonsense"}).headers["Location"] == place
    page = gate.post(f"{place}/let-in", data={"reason": "identity_checked"}, follow_redirects=True)
    assert "Identity checked" in page.text
    assert sorted(str(scan.reason) for scan in session.scalars(select(Scan))) == ["None", "identity_checked"]


def test_scan_of_a_photo_is_read_on_the_server(gate: FlaskClient, event: Event, badge: Badge) -> None:
    photo = (io.BytesIO(codes.qr_png(badge.code)), "photo.png")
    page = gate.post("/en/gate/scans", data=_form(event, "", photo=photo), follow_redirects=True)
    assert "Come in" in page.text
    blank = (io.BytesIO(b"no picture"), "photo.jpg")
    answer = gate.post("/en/gate/scans", data=_form(event, "", photo=blank))
    assert answer.status_code == 422
    assert "No QR code was found" in answer.text


def test_scan_without_a_code_asks_for_one(gate: FlaskClient, event: Event) -> None:
    answer = gate.post("/en/gate/scans", data=_form(event, ""))
    assert answer.status_code == 422
    assert "type its code" in answer.text


def test_scan_for_the_pages_script_is_json(gate: FlaskClient, event: Event, badge: Badge) -> None:
    answer = gate.post(
        "/en/gate/scans", data=_form(event, badge.code), headers={"Accept": "application/json"}
    )
    assert answer.json is not None
    assert (answer.json["kind"], answer.json["outcome"], answer.json["people"]) == ("yes", "admitted", 1)
    assert "A-14" in answer.json["html"]


def test_scan_elsewhere_is_not_found(
    client: FlaskClient, session: Session, event: Event, badge: Badge
) -> None:
    other = make_running_event(session)
    sign_in(client, make_account(session, Role.GATE, ScopeKind.EVENT, event_id=other.id))
    assert client.post("/en/gate/scans", data=_form(event, badge.code)).status_code == 404
    assert client.post("/en/gate/scans", data=_form(other, badge.code, stop="S9")).status_code == 404
    assert client.get(f"/en/gate/scans/{uuid.uuid4()}").status_code == 404
    assert client.get(f"/en/gate?event={event.slug}&stop=S1").status_code == 404


def test_entrance_page_counts_people_and_lists_what_gates_decided(
    client: FlaskClient, session: Session, event: Event, badge: Badge
) -> None:
    organizer = sign_in(client, make_account(session, Role.ORGANIZER))
    path = f"/en/organizer/events/{event.slug}/scans"
    assert "Nobody has come in yet" in organizer.get(path).text
    organizer.post("/en/gate/scans", data=_form(event, badge.code))
    assert "gates and rules agree" in organizer.get(path).text
    place = organizer.post("/en/gate/scans", data=_form(event, badge.code)).headers["Location"]
    organizer.post(f"{place}/let-in", data={"reason": "came_back"})
    page = organizer.get(path)
    assert "Went out and came back" in page.text
    assert "Representative 1" in page.text

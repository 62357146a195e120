"""Pages of selections: what they show, what they refuse, and who may open them."""

import csv
import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, select
from sqlalchemy.orm import Session

from fairapp.accounts.models import Account
from fairapp.audit.domain import Role, ScopeKind
from fairapp.events.models import Event
from fairapp.files.domain import MediaType, PreparedFile
from fairapp.files.services import keep_file
from fairapp.files.store import store_of
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.models import Registration
from fairapp.registrations.queries.documents import owner_of
from fairapp.selection.models import Assignment, ConflictOfInterest, Rank, Reviewer, Score, SelectionRun
from fairapp.selection.services.runs import record_run
from tests import NOW
from tests.clients import sign_in
from tests.factories.accounts import make_account, make_actor
from tests.factories.cooperatives import make_cooperative
from tests.factories.documents import make_document, make_required_document
from tests.factories.events import make_event
from tests.factories.registrations import make_registration
from tests.factories.selection import make_assignment, make_criterion, make_places, make_quota, make_reviewer

BASE = "/en/organizer/events/fair/selection"
DESK = "/en/reviewer/events/fair"
ACTOR = make_actor(Role.ORGANIZER, ScopeKind.REGION, region_code="05")


@pytest.fixture
def fair(session: Session) -> Event:
    fair = make_event(session, slug="fair", draw_seed="seed 17", reviews_wanted=1)
    make_criterion(session, fair)
    make_places(session, fair, 1)
    return fair


@pytest.fixture
def organizer(session: Session, client: FlaskClient) -> FlaskClient:
    return sign_in(client, make_account(session, Role.ORGANIZER, ScopeKind.REGION, region_code="05"))


@pytest.fixture
def reviewer(session: Session, fair: Event) -> Reviewer:
    return make_reviewer(session, fair)


@pytest.fixture
def scoring(reviewer: Reviewer, client: FlaskClient) -> FlaskClient:
    return sign_in(client, reviewer.account)


def scored(
    session: Session, fair: Event, reviewer: Reviewer, points: int | None, **facts: Any
) -> Registration:
    file = make_registration(session, event=fair, cooperative=make_cooperative(session, **facts))
    make_assignment(session, reviewer, file, None if points is None else {"quality": points})
    return file


def said(client: FlaskClient, path: str) -> str:
    """Return the words of a page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", client.get(path).text))


def statements(connection: Connection, client: FlaskClient, path: str) -> int:
    count = 0

    def note(*_: object) -> None:
        nonlocal count
        count += 1

    event.listen(connection, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(connection, "before_cursor_execute", note)
    return count


def test_the_committee_page_leads_through_the_steps(
    session: Session, fair: Event, reviewer: Reviewer, organizer: FlaskClient
) -> None:
    scored(session, fair, reviewer, 7)
    scored(session, fair, reviewer, None)
    page = said(organizer, BASE)
    assert "seed 17" in page
    assert "1 of 2" in page
    assert reviewer.account.name in page


def test_a_person_is_added_or_asked_for_a_name(session: Session, fair: Event, organizer: FlaskClient) -> None:
    form = {"email": "amina@people.example", "locale": "ar", "province": "05.301", "network": ""}
    refused = organizer.post(f"{BASE}/reviewers/new", data=form)
    assert refused.status_code == 422
    assert "Write the name" in refused.text
    assert "amina@people.example" in refused.text
    assert session.scalar(select(Reviewer)) is None
    wrong = organizer.post(f"{BASE}/reviewers/new", data={**form, "email": "amina", "province": "99"})
    assert wrong.status_code == 422
    added = organizer.post(f"{BASE}/reviewers/new", data={**form, "name": "Amina"})
    assert (added.status_code, added.location) == (303, BASE)
    assert session.scalars(select(Account.name).join(Reviewer)).all() == ["Amina"]


def test_the_seed_is_published_and_then_stays(
    session: Session, fair: Event, reviewer: Reviewer, organizer: FlaskClient
) -> None:
    assert organizer.post(f"{BASE}/seed", data={"seed": "lottery 4 8 15"}).status_code == 303
    assert session.scalars(select(Event.draw_seed)).all() == ["lottery 4 8 15"]
    assert "lottery 4 8 15" in organizer.get("/en/events/fair").text
    scored(session, fair, reviewer, 7)
    refused = organizer.post(f"{BASE}/seed", data={"seed": "better"})
    assert refused.status_code == 422
    assert session.scalars(select(Event.draw_seed)).all() == ["lottery 4 8 15"]


def test_files_are_shared_out_after_a_look(
    session: Session, fair: Event, reviewer: Reviewer, organizer: FlaskClient
) -> None:
    make_registration(session, event=fair)
    assert "Give out 1 file" in organizer.get(f"{BASE}/assign").text
    assert organizer.post(f"{BASE}/assign").status_code == 303
    assert len(session.scalars(select(Assignment)).all()) == 1


def test_a_member_is_changed_and_leaves(
    session: Session, fair: Event, reviewer: Reviewer, organizer: FlaskClient
) -> None:
    file = scored(session, fair, reviewer, None)
    page = f"{BASE}/reviewers/{reviewer.account.code}"
    assert organizer.get(page).status_code == 200
    form = {"province": "05.301", "commune": "Midelt", "network": ""}
    assert organizer.post(page, data=form).status_code == 303
    missing = organizer.post(f"{page}/conflicts", data={"reference": "", "reason": ""})
    assert missing.status_code == 422
    unknown = organizer.post(f"{page}/conflicts", data={"reference": "AAAA-AAAA", "reason": "cousin"})
    assert unknown.status_code == 422
    assert "cousin" in unknown.text
    noted = organizer.post(f"{page}/conflicts", data={"reference": file.reference, "reason": "cousin"})
    assert noted.status_code == 303
    assert session.scalars(select(ConflictOfInterest.reason)).all() == ["cousin"]
    assert organizer.post(f"{page}/remove").status_code == 303
    assert organizer.get(page).status_code == 404


def test_the_ranking_shows_points_quotas_and_proposals(
    session: Session, fair: Event, reviewer: Reviewer, organizer: FlaskClient
) -> None:
    make_quota(session, fair, "women_led", 100)
    make_quota(session, fair, "youth", 100)
    scored(session, fair, reviewer, 9, name_fr="Miel de l'Atlas", name_ar="عسل")
    scored(session, fair, reviewer, 4, name_fr="Tapis d'Azrou", name_ar="زربية", women_led=True)
    scored(session, fair, reviewer, None)
    page = organizer.get(f"{BASE}/ranking").text
    assert "Moved up by the quota “Led by a woman”" in page
    assert "Gave way to the quota “Led by a woman”" in page
    assert "1 missing" in page
    assert "1 registration has no score yet and is not ranked." in page
    only = organizer.get(f"{BASE}/ranking?proposal=accept").text
    assert "Tapis" in only
    assert "Miel" not in only


def test_what_if_stands_in_the_address(
    session: Session, fair: Event, reviewer: Reviewer, organizer: FlaskClient
) -> None:
    make_quota(session, fair, "women_led", 0)
    scored(session, fair, reviewer, 9, name_fr="Miel", name_ar="Miel")
    scored(session, fair, reviewer, 4, name_fr="Tapis", name_ar="Tapis", women_led=True)
    higher = said(organizer, f"{BASE}/ranking?quota.women_led=100")
    assert "Comes in" in higher
    assert "before: 0, asked: 0" in higher
    more = organizer.get(f"{BASE}/ranking?more=1&category=S1:").text
    assert "Comes in" in more
    same = organizer.get(f"{BASE}/ranking?more=0&quota.women_led=0").text
    assert "Comes in" not in same
    odd = "more=x&quota.women_led=900&without=nothing&category=%00&page=99999&proposal=%00"
    assert organizer.get(f"{BASE}/ranking?{odd}").status_code == 200
    assert session.scalar(select(SelectionRun)) is None


def test_a_run_is_recorded_departed_from_and_decided(
    session: Session, fair: Event, reviewer: Reviewer, organizer: FlaskClient
) -> None:
    first = scored(session, fair, reviewer, 9)
    second = scored(session, fair, reviewer, 4)
    stale = organizer.post(f"{BASE}/runs", data={"seen": "0" * 64})
    assert stale.status_code == 409
    recorded = organizer.post(f"{BASE}/runs", data={"seen": ""})
    assert recorded.status_code == 303
    run = session.scalars(select(SelectionRun)).one()
    page = f"{BASE}/runs/{run.code}"
    assert run.result_hash in organizer.get(page).text
    override = f"{page}/overrides/{second.reference}"
    assert organizer.get(override).status_code == 200
    refused = organizer.post(override, data={"proposal": "accept", "reason": "", "note": ""})
    assert refused.status_code == 422
    assert "It stays in the log" in refused.text
    accepted = organizer.post(override, data={"proposal": "accept", "reason": "", "note": "the only potter"})
    assert accepted.status_code == 303
    assert "the only potter" in organizer.get(f"{page}?overridden=1").text
    preview = said(organizer, f"{page}/decide")
    assert "Accept2" in preview
    assert "Refuse0" in preview
    assert "Decide 2 registrations" in preview
    assert organizer.post(f"{page}/decide").status_code == 200  # without the button nothing is decided
    assert organizer.post(f"{page}/decide", data={"decide": "1"}).status_code == 303
    session.expire_all()
    assert {file.state.value for file in (first, second)} == {"accepted"}
    assert organizer.post(f"{page}/decide", data={"decide": "1"}).status_code == 303
    assert "Nothing is left to decide" in organizer.get(page).text
    assert (
        organizer.post(override, data={"proposal": "refuse", "reason": "rank", "note": "no"}).status_code
        == 422
    )


def test_too_many_accepted_are_told(
    session: Session, fair: Event, reviewer: Reviewer, organizer: FlaskClient
) -> None:
    before = scored(session, fair, reviewer, 1)
    before.state = RegistrationState.ACCEPTED
    scored(session, fair, reviewer, 9)
    session.flush()
    organizer.post(f"{BASE}/runs", data={"seen": ""})
    code = session.scalars(select(SelectionRun.code)).one()
    assert "After this 2 are accepted for 1 places." in said(organizer, f"{BASE}/runs/{code}/decide")
    assert "After this" not in said(organizer, f"{BASE}/runs/{code}/decide?told=1")


def test_a_second_run_tells_what_differs(
    session: Session, fair: Event, reviewer: Reviewer, organizer: FlaskClient
) -> None:
    scored(session, fair, reviewer, 9)
    organizer.post(f"{BASE}/runs", data={"seen": ""})
    code = session.scalars(select(SelectionRun.code)).one()
    organizer.post(f"{BASE}/runs/{code}/decide", data={"decide": "1"})
    scored(session, fair, reviewer, 10, name_fr="Newcomer", name_ar="Newcomer")
    organizer.post(f"{BASE}/runs", data={"seen": ""})
    latest = session.scalars(select(SelectionRun.code).order_by(SelectionRun.id.desc())).first()
    page = organizer.get(f"{BASE}/runs/{latest}").text
    assert "Against the decided run" in page
    assert (
        "1 registration was told another decision before"
        in organizer.get(f"{BASE}/runs/{latest}/decide").text
    )


def test_lists_as_files_hold_no_formulas(
    session: Session, fair: Event, reviewer: Reviewer, organizer: FlaskClient
) -> None:
    scored(session, fair, reviewer, 7, name_fr="=HYPERLINK(1)", name_ar="=HYPERLINK(1)")
    answer = organizer.get(f"{BASE}/ranking.csv")
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert rows[0][0] == "Rank"
    assert (rows[1][0], rows[1][2], rows[1][7], rows[1][8]) == ("1", "'=HYPERLINK(1)", "70.000", "accept")
    organizer.post(f"{BASE}/runs", data={"seen": ""})
    code = session.scalars(select(SelectionRun.code)).one()
    assert "'=HYPERLINK(1)" in organizer.get(f"{BASE}/runs/{code}.csv").text


@pytest.mark.parametrize("page", ["", "/ranking", "/assign"])
def test_pages_ask_the_same_questions_however_many_there_are(
    session: Session,
    fair: Event,
    reviewer: Reviewer,
    organizer: FlaskClient,
    connection: Connection,
    page: str,
) -> None:
    scored(session, fair, reviewer, 7)
    one = statements(connection, organizer, BASE + page)
    for points in (3, 5):
        scored(session, fair, reviewer, points)
        make_assignment(session, make_reviewer(session, fair), make_registration(session, event=fair))
    assert statements(connection, organizer, BASE + page) == one


def test_a_run_asks_the_same_questions_however_many_there_are(
    session: Session, fair: Event, reviewer: Reviewer, organizer: FlaskClient, connection: Connection
) -> None:
    counts = []
    for files in (1, 2):
        for _ in range(files):
            scored(session, fair, reviewer, 5)
        run = record_run(session, actor=ACTOR, slug="fair", now=NOW)
        page = f"{BASE}/runs/{run.code}"
        counts.append(
            (statements(connection, organizer, page), statements(connection, organizer, page + "/decide"))
        )
    assert counts[0] == counts[1]


def test_reviewers_see_their_own_files_only(
    session: Session, fair: Event, reviewer: Reviewer, scoring: FlaskClient
) -> None:
    mine = scored(session, fair, reviewer, None, name_fr="Mine", name_ar="Mine")
    other = make_reviewer(session, fair)
    scored(session, fair, other, 9, name_fr="Yours", name_ar="Yours")
    assert scoring.get("/en/reviewer/").location == DESK
    page = scoring.get(DESK).text
    assert "Mine" in page
    assert "Yours" not in page
    assert scoring.get(f"{DESK}/1").status_code == 200
    assert scoring.get(f"{DESK}/2").status_code == 404
    assert mine.cooperative.phone is not None
    assert mine.cooperative.phone.replace("+212", "0") not in scoring.get(f"{DESK}/1").text.replace(" ", "")


def test_a_reviewer_of_another_event_finds_nothing(
    session: Session, fair: Event, client: FlaskClient
) -> None:
    scored(session, fair, make_reviewer(session, fair), None)
    stranger = make_reviewer(session, make_event(session, slug="other"))
    sign_in(client, stranger.account)
    assert [client.get(path).status_code for path in (DESK, f"{DESK}/1", f"{DESK}/1/aside")] == [404] * 3
    assert client.post(f"{DESK}/1", data={"c_quality": "9"}).status_code == 404
    assert client.get(BASE).status_code == 403
    assert session.scalar(select(Score)) is None


def test_points_are_saved_and_the_next_file_opens(
    session: Session, fair: Event, reviewer: Reviewer, scoring: FlaskClient
) -> None:
    scored(session, fair, reviewer, None)
    scored(session, fair, reviewer, None)
    refused = scoring.post(f"{DESK}/1", data={"note": "good honey"})
    assert refused.status_code == 422
    assert "Choose how many points." in refused.text
    assert "good honey" in refused.text
    assert scoring.post(f"{DESK}/1", data={"c_quality": "11"}).status_code == 422
    assert session.scalar(select(Score)) is None
    assert scoring.post(f"{DESK}/1", data={"c_quality": "7", "next": "1"}).location == f"{DESK}/2"
    assert scoring.post(f"{DESK}/2", data={"c_quality": "0", "next": "1"}).location == DESK
    assert scoring.post(f"{DESK}/1", data={"c_quality": "8", "list": "1"}).location == DESK
    assert sorted(session.scalars(select(Score.points))) == [0, 8]
    assert 'value="8"' in scoring.get(f"{DESK}/1").text


def test_points_of_others_show_only_after_own(
    session: Session, fair: Event, reviewer: Reviewer, scoring: FlaskClient
) -> None:
    file = scored(session, fair, reviewer, None)
    make_assignment(session, make_reviewer(session, fair), file, {"quality": 9})
    assert "Mean of" not in scoring.get(f"{DESK}/1").text
    scoring.post(f"{DESK}/1", data={"c_quality": "6"})
    assert "Mean of" in scoring.get(f"{DESK}/1").text


def test_a_blind_call_hides_who_it_is(
    session: Session, fair: Event, reviewer: Reviewer, scoring: FlaskClient
) -> None:
    fair.is_blind = True
    file = scored(
        session, fair, reviewer, None, name_fr="Miel", name_ar="Miel", commune="Ajdir", douar="Tighza"
    )
    file.remark = "we are Miel"
    session.flush()
    pages = scoring.get(DESK).text + scoring.get(f"{DESK}/1").text + scoring.get(f"{DESK}/1/aside").text
    shown = file.reference[:4] + "-" + file.reference[4:]
    for hidden in ("Miel", "Ajdir", "Tighza", file.reference, shown, "Representative", file.cooperative.code):
        assert hidden not in pages, hidden
    assert "File 1" in pages
    assert "Honey" in pages


def _with_papers(app: Flask, session: Session, fair: Event, file: Registration) -> dict[str, str]:
    """Hand in a photo and a paper; return the links of both for their reviewer."""
    links = {}
    store = store_of(app.extensions["settings"])
    for code in ("product_photos", "statutes"):
        make_required_document(session, fair, code=code)
        prepared = PreparedFile(b"%PDF-1.4 " + code.encode(), MediaType.PDF, f"{code} of Miel.pdf")
        store.put(prepared)
        kept = keep_file(session, prepared=prepared, owner=owner_of(file.reference), now=NOW)
        make_document(session, file, code=code, with_file=False, file_id=kept.id)
        links[code] = f"{DESK}/1/files/{kept.token}"
    return links


def test_papers_of_own_files_open_and_a_blind_call_opens_photos_alone(
    app: Flask, session: Session, fair: Event, reviewer: Reviewer, scoring: FlaskClient
) -> None:
    links = _with_papers(app, session, fair, scored(session, fair, reviewer, None))
    scored(session, fair, reviewer, None)
    other_file = links["statutes"].replace("/1/", "/2/")
    assert [scoring.get(link).status_code for link in (*links.values(), other_file)] == [200, 200, 404]
    fair.is_blind = True
    session.flush()
    assert [scoring.get(link).status_code for link in links.values()] == [200, 404]
    page, photo = scoring.get(f"{DESK}/1"), scoring.get(links["product_photos"])
    assert "Miel" not in page.text + str(photo.headers)
    assert links["product_photos"] in page.text
    assert links["statutes"] not in page.text


def test_stepping_aside_asks_for_a_reason(
    session: Session, fair: Event, reviewer: Reviewer, scoring: FlaskClient
) -> None:
    scored(session, fair, reviewer, None)
    assert scoring.post(f"{DESK}/1/aside", data={"reason": " "}).status_code == 422
    assert scoring.post(f"{DESK}/1/aside", data={"reason": "cousin"}).location == DESK
    assert scoring.get(f"{DESK}/1").status_code == 404


def test_points_stay_once_the_ranking_is_recorded(
    session: Session, fair: Event, reviewer: Reviewer, scoring: FlaskClient
) -> None:
    scored(session, fair, reviewer, 7)
    record_run(session, actor=ACTOR, slug="fair", now=NOW)
    assert "cannot be changed" in scoring.get(f"{DESK}/1").text
    refused = scoring.post(f"{DESK}/1", data={"c_quality": "9"})
    assert refused.status_code == 422
    assert session.scalars(select(Score.points)).all() == [7]


@pytest.mark.parametrize("path", ["", "/1"])
def test_the_reviewers_pages_ask_the_same_questions(
    session: Session, fair: Event, reviewer: Reviewer, scoring: FlaskClient, connection: Connection, path: str
) -> None:
    for _ in range(2):
        scored(session, fair, reviewer, None)
    one = statements(connection, scoring, DESK + path)
    for _ in range(2):
        scored(session, fair, reviewer, None)
    assert statements(connection, scoring, DESK + path) == one


def test_the_review_shows_scores_and_rank(
    session: Session, fair: Event, reviewer: Reviewer, organizer: FlaskClient
) -> None:
    make_quota(session, fair, "women_led", 10)
    file = scored(session, fair, reviewer, 7, women_led=True)
    scored(session, fair, reviewer, 9)
    review = f"/en/organizer/events/fair/registrations/{file.reference}"
    page = said(organizer, review)
    assert reviewer.account.name in page
    assert "Counts for the quotas:" in page
    assert "rank 2 of 2" not in page
    organizer.post(f"{BASE}/runs", data={"seen": ""})
    code = session.scalars(select(SelectionRun.code)).one()
    organizer.post(f"{BASE}/runs/{code}/decide", data={"decide": "1"})
    assert "rank 2 of 2" in said(organizer, review)
    assert session.scalars(select(Rank.rank).order_by(Rank.overall)).all() == [1, 2]


def test_the_overview_tells_of_scores_to_come(
    session: Session, fair: Event, reviewer: Reviewer, organizer: FlaskClient
) -> None:
    scored(session, fair, reviewer, None)
    assert "1 score of the committee is still to come." in organizer.get("/en/organizer/events/fair").text

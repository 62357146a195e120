"""The queue's filters: what each leaves, the counts beside them, their address, the file, kept views."""

import csv
import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role, ScopeKind
from fairapp.events.models import Event, RequiredDocument
from fairapp.foundation.ids import new_reference
from fairapp.registrations.domain import DocumentState, FilingChannel, RegistrationState
from fairapp.registrations.models import Details, Document, Registration, SavedView
from fairapp.registrations.queries.filters import (
    FLAGS,
    QueueFilters,
    Sorting,
    arguments_of,
    filters_of,
    query_of,
)
from fairapp.registrations.queries.papers import Papers
from fairapp.registrations.queries.queue import every_row, queue_size, queued_ids, read_queue
from fairapp.selection.domain.words import Proposal, RunState
from fairapp.selection.models import Rank, SelectionRun
from tests import NOW
from tests.clients import sign_in
from tests.factories.accounts import make_account
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event
from tests.factories.registrations import make_accepted_registration, make_registration

S = RegistrationState


def _demand(session: Session, event: Event, code: str, **overrides: Any) -> None:
    titles = {f"title_{language}": code for language in ("ar", "fr", "en")}
    session.add(RequiredDocument(event_id=event.id, code=code, position=1, **titles, **overrides))
    session.flush()


def _make(session: Session, event: Event, **overrides: Any) -> Registration:
    about = {
        name: overrides.pop(name) for name in ("name_ar", "women_led", "province_code") if name in overrides
    }
    return make_registration(
        session, event=event, cooperative=make_cooperative(session, **about), **overrides
    )


def _three(session: Session) -> tuple[Event, dict[str, Registration]]:
    """Make one with everything settled, one filed at a desk with a paper missing, one accepted before."""
    event = make_event(session)
    _demand(session, event, "statutes")
    made = {
        "amal": _make(session, event, name_ar="تعاونية الأمل", women_led=True, province_code="09.001"),
        "nour": _make(
            session, event, name_ar="تعاونية النور", channel=FilingChannel.DESK, province_code="05.301"
        ),
        "sahl": _make(session, event, name_ar="تعاونية السهل", state=S.ACCEPTED, province_code="05.301"),
    }
    for name in ("amal", "sahl"):
        session.add(
            Document(
                registration_id=made[name].id, code="statutes", state=DocumentState.APPLIED, changed_at=NOW
            )
        )
    session.add(Details(registration_id=made["sahl"].id, answers={}, asked_at=NOW))
    make_accepted_registration(session, cooperative=made["sahl"].cooperative)
    session.flush()
    return event, made


@pytest.mark.parametrize(
    "filters, names",
    [
        (QueueFilters(), ["amal", "nour"]),
        (QueueFilters(states=()), ["amal", "nour", "sahl"]),
        (QueueFilters(states=(), women_led=True), ["amal"]),
        (QueueFilters(states=(), first_time=True), ["amal", "nour"]),
        (QueueFilters(states=(), lacks_document=True), ["nour"]),
        (QueueFilters(states=(), unconfirmed=True), ["nour"]),
        (QueueFilters(states=(), unanswered=True), ["sahl"]),
        (QueueFilters(states=(), channel=FilingChannel.DESK), ["nour"]),
        (QueueFilters(states=(), province="05.301", first_time=True), ["nour"]),
        (QueueFilters(states=(), sector="AGR-HONEY", text="تعاونيه الامل"), ["amal"]),
        (QueueFilters(states=(S.ACCEPTED,), women_led=True), []),
        (QueueFilters(states=(), text="%_ !"), []),
    ],
)
def test_filters_leave_what_they_say(session: Session, filters: QueueFilters, names: list[str]) -> None:
    event, made = _three(session)
    wanted = [made[name].id for name in names]
    assert [row.id for row in read_queue(session, event_id=event.id, filters=filters).found.rows] == wanted
    assert queued_ids(session, event_id=event.id, filters=filters) == wanted
    assert queue_size(session, event_id=event.id, filters=filters) == len(wanted)


@pytest.mark.parametrize(
    "sorting, names",
    [
        (Sorting.WAITING, ["amal", "nour", "sahl"]),
        (Sorting.NEWEST, ["sahl", "nour", "amal"]),
        (Sorting.NAME, ["amal", "sahl", "nour"]),
        (Sorting.PROVINCE, ["nour", "sahl", "amal"]),
    ],
)
def test_queue_stands_in_the_order_asked_for(session: Session, sorting: Sorting, names: list[str]) -> None:
    event, made = _three(session)
    found = queued_ids(session, event_id=event.id, filters=QueueFilters(states=(), sorting=sorting))
    assert found == [made[name].id for name in names]


def test_queue_stands_by_rank_once_a_run_is_recorded(organizer: FlaskClient, session: Session) -> None:
    event, made = _three(session)
    path = f"/en/organizer/events/{event.slug}/registrations?state=all"
    assert 'value="rank"' not in organizer.get(path).text
    run = SelectionRun(
        code=new_reference(),
        event_id=event.id,
        state=RunState.PROPOSED,
        rules={},
        input={},
        result_hash="0" * 64,
        made_at=NOW,
    )
    session.add(run)
    session.flush()
    for overall, name in ((2, "amal"), (1, "sahl")):
        session.add(
            Rank(
                run_id=run.id,
                registration_id=made[name].id,
                overall=overall,
                category="S1",
                rank=overall,
                of=2,
                points_milli=50_000,
                proposal=Proposal.ACCEPT,
                explanation={},
            )
        )
    session.flush()
    page = organizer.get(f"{path}&sort=rank").text
    shown = [f"{made[name].reference[:4]}-{made[name].reference[4:]}" for name in ("sahl", "amal", "nour")]
    assert 'value="rank" selected' in page
    assert sorted(shown, key=page.index) == shown


def test_each_count_is_what_its_link_leaves(session: Session) -> None:
    event, _made = _three(session)
    for filters in (
        QueueFilters(),
        QueueFilters(states=(), province="05.301"),
        QueueFilters(unconfirmed=True),
    ):
        counts = read_queue(session, event_id=event.id, filters=filters).counts
        kept = arguments_of(filters)

        def leaves(kept: dict[str, str], **changes: str) -> int:
            return queue_size(session, event_id=event.id, filters=filters_of({**kept, **changes}))

        for name in FLAGS:
            assert counts.flags[name] == leaves({**kept, name: "1"})
        assert counts.sectors["AGR-HONEY"] == leaves(kept, sector="AGR-HONEY")
        for code in ("05.301", "09.001"):
            assert counts.provinces[code] == leaves(kept, province=code)
        for channel in FilingChannel:
            assert counts.channels[channel] == leaves(kept, channel=channel.value)
        assert counts.states[S.ACCEPTED] == leaves(kept, state="accepted")


def test_papers_are_counted_beside_each(session: Session) -> None:
    event, made = _three(session)
    rows = {
        row.id: row.papers for row in every_row(session, event_id=event.id, filters=QueueFilters(states=()))
    }
    assert rows == {
        made["amal"].id: Papers(1, 1),
        made["nour"].id: Papers(1, 0),
        made["sahl"].id: Papers(1, 1),
    }


@pytest.mark.parametrize(
    "arguments, filters",
    [
        ({}, QueueFilters()),
        ({"state": "nonsense", "channel": "pigeon", "sort": "luck", "province": "\x00"}, QueueFilters()),
        ({"q": " \x00a" + "b" * 200}, QueueFilters(text="a" + "b" * 99)),
        (
            {"state": "all", "women": "1", "missing": "yes", "channel": "paper", "sort": "name"},
            QueueFilters(
                states=(),
                women_led=True,
                lacks_document=True,
                channel=FilingChannel.PAPER,
                sorting=Sorting.NAME,
            ),
        ),
    ],
)
def test_address_names_the_filters(arguments: dict[str, str], filters: QueueFilters) -> None:
    assert filters_of(arguments) == filters
    assert filters_of(arguments_of(filters)) == filters


@pytest.fixture
def organizer(client: FlaskClient, session: Session) -> FlaskClient:
    return sign_in(client, make_account(session, Role.ORGANIZER))


def test_queue_page_offers_filters_as_links_and_takes_them_off(
    organizer: FlaskClient, session: Session
) -> None:
    event, made = _three(session)
    path = f"/en/organizer/events/{event.slug}/registrations"
    page = organizer.get(path).text
    assert "?women=1" in page
    assert "?missing=1" in page
    narrowed = organizer.get(f"{path}?women=1&first=1").text
    assert f'href="{path}?women=1"' in narrowed
    assert f'href="{path}?first=1"' in narrowed
    assert made["nour"].reference not in narrowed
    for query in (
        "?page=0",
        "?page=99999999999999999999",
        "?page=x",
        "?q=%00%25",
        "?sector=%00",
        "?state=all&sort=name",
    ):
        assert organizer.get(path + query).status_code == 200


def test_queue_file_holds_the_filtered_list_and_no_formula(organizer: FlaskClient, session: Session) -> None:
    event, _made = _three(session)
    _make(session, event, name_ar='=HYPERLINK("x"), "y"')
    answer = organizer.get(f"/ar/organizer/events/{event.slug}/registrations.csv?q=hyperlink")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["name_ar"] for row in rows] == ['\'=HYPERLINK("x"), "y"']
    assert rows[0]["documents_asked"] == "1"
    whole = organizer.get(f"/ar/organizer/events/{event.slug}/registrations.csv?state=all")
    assert len(whole.data.decode().splitlines()) == 5


def _views(session: Session) -> list[tuple[str, str]]:
    return [(row.name, row.query) for row in session.scalars(select(SavedView).order_by(SavedView.name))]


def test_view_is_kept_replaced_and_removed(organizer: FlaskClient, session: Session) -> None:
    event, _made = _three(session)
    path = f"/en/organizer/events/{event.slug}/registrations"
    assert organizer.post(f"{path}/views?women=1&page=3", data={"name": " Women  first "}).status_code == 303
    assert _views(session) == [("Women first", "women=1")]
    organizer.post(f"{path}/views?women=1&first=1", data={"name": "Women first"})
    session.expire_all()
    assert _views(session) == [("Women first", "women=1&first=1")]
    assert f'href="{path}?women=1&amp;first=1"' in organizer.get(path).text
    organizer.post(f"{path}/views/remove", data={"name": "Women first"})
    assert _views(session) == []


def test_view_without_a_name_or_one_too_many_is_refused(organizer: FlaskClient, session: Session) -> None:
    event, _made = _three(session)
    path = f"/en/organizer/events/{event.slug}/registrations"
    organizer.post(f"{path}/views", data={"name": "  "})
    assert "Write a name for the view." in organizer.get(path).text
    for number in range(21):
        organizer.post(f"{path}/views", data={"name": f"View {number}"})
    assert len(_views(session)) == 20
    assert "at most 20 can be kept" in organizer.get(path).text


def test_view_belongs_to_one_person(organizer: FlaskClient, session: Session, client: FlaskClient) -> None:
    event, _made = _three(session)
    path = f"/en/organizer/events/{event.slug}/registrations"
    organizer.post(f"{path}/views?women=1", data={"name": "Mine"})
    other = sign_in(client.application.test_client(), make_account(session, Role.ORGANIZER))
    assert "Mine" not in other.get(path).text
    other.post(f"{path}/views/remove", data={"name": "Mine"})
    assert _views(session) == [("Mine", query_of(QueueFilters(women_led=True)))]


@pytest.mark.parametrize("path", ["registrations.csv", "registrations/bulk", "registrations/decide"])
def test_queue_elsewhere_is_not_found(client: FlaskClient, session: Session, path: str) -> None:
    event, _made = _three(session)
    sign_in(client, make_account(session, Role.ORGANIZER, ScopeKind.REGION, region_code="09"))
    assert client.get(f"/en/organizer/events/{event.slug}/{path}").status_code == 404

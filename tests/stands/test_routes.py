"""The floor plan and laying it out, as pages without scripts."""

import io
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role, ScopeKind
from fairapp.events.models import Event
from fairapp.stands import queries
from fairapp.stands.models import Allocation, Stand
from tests.clients import sign_in
from tests.factories.accounts import make_account
from tests.factories.events import make_event, make_market
from tests.factories.registrations import make_accepted_registration
from tests.factories.stands import make_allocation, make_stand


@pytest.fixture
def organizer(session: Session, client: FlaskClient) -> FlaskClient:
    """A browser where an organizer of the whole nation is signed in."""
    return sign_in(client, make_account(session, Role.ORGANIZER))


def _base(event: Event) -> str:
    return f"/en/organizer/events/{event.slug}/stops/S1"


def _holders(session: Session, event: Event) -> dict[str, str]:
    session.expire_all()
    stop = session.scalars(select(Event).where(Event.id == event.id)).one()
    stands = session.execute(
        select(Stand.code, Allocation.registration_id)
        .join(Allocation, Allocation.stand_id == Stand.id)
        .where(Allocation.released_at.is_(None))
    )
    assert stop
    return {code: str(registration) for code, registration in stands}


def test_plan_draws_every_stand_as_a_link_with_its_state(session: Session, organizer: FlaskClient) -> None:
    event = make_event(session)
    stand = make_stand(session, event.stops[0], code="A-01")
    make_stand(session, event.stops[0], code="A-02")
    holder = make_accepted_registration(session, event=event)
    make_allocation(session, stand, holder)
    page = organizer.get(f"{_base(event)}/plan").text
    links = re.findall(r'<a class="stand (\w+)" href="([^"]+)" aria-label="([^"]+)"', page)
    name = holder.cooperative.name_fr
    assert [(state, label) for state, _href, label in links] == [
        ("ok", f"Stand A-01, allocated to {name}"),
        ("free", "Stand A-02, free"),
    ]
    assert links[0][1].endswith("?stand=A-01#panel")


def test_shared_stand_names_both_holders_and_releases_the_one_it_shows(
    session: Session, organizer: FlaskClient
) -> None:
    event = make_event(session)
    stand = make_stand(session, event.stops[0], code="A-01")
    second, first = (make_accepted_registration(session, event=event) for _ in range(2))
    make_allocation(session, stand, second, share=2)
    make_allocation(session, stand, first)
    page = organizer.get(f"{_base(event)}/plan?stand=A-01").text
    assert f"Stand A-01, allocated to {first.cooperative.name_fr}" in page
    assert "Shared with:" in page
    assert second.cooperative.name_fr in page.partition("Shared with:")[2]
    organizer.post(f"{_base(event)}/plan/release", data={"stand": "A-01", "reason": "Left early"})
    assert _holders(session, event) == {"A-01": str(second.id)}


def test_plan_list_says_the_same(session: Session, organizer: FlaskClient) -> None:
    event = make_event(session)
    make_stand(session, event.stops[0], code="A-01")
    page = organizer.get(f"{_base(event)}/plan?view=list").text
    assert "<svg viewBox" not in page.split('<main id="main">')[1].split("</main>")[0].split("tablebox")[0]
    assert "A-01" in page


def test_plan_without_stands_says_what_to_do(session: Session, organizer: FlaskClient) -> None:
    event = make_market(session)
    page = organizer.get(f"{_base(event)}/plan")
    assert page.status_code == 200
    assert "No stands yet" in page.text


def test_stand_is_given_moved_exchanged_released_and_each_undone(
    session: Session, organizer: FlaskClient
) -> None:
    event = make_event(session)
    for code in ("A-01", "A-02", "A-03"):
        make_stand(session, event.stops[0], code=code)
    one = make_accepted_registration(session, event=event)
    other = make_accepted_registration(session, event=event)
    make_allocation(session, session.scalars(select(Stand).where(Stand.code == "A-03")).one(), other)
    base = f"{_base(event)}/plan"
    chosen = organizer.get(f"{base}?registration={one.reference}&stand=A-01").text
    assert "Give stand A-01" in chosen

    given = organizer.post(f"{base}/give", data={"stand": "A-01", "registration": one.reference})
    assert given.status_code == 303
    assert "Stand A-01 is allocated." in organizer.get(given.location).text
    assert _holders(session, event) == {"A-01": str(one.id), "A-03": str(other.id)}

    moved = organizer.post(f"{base}/move", data={"stand": "A-01", "to": "A-02", "reason": "nearer"})
    assert "Moved to stand A-02." in organizer.get(moved.location).text
    assert _holders(session, event) == {"A-02": str(one.id), "A-03": str(other.id)}
    organizer.post(f"{base}/undo", data={"stand": "A-02", "other": "A-01"})
    assert _holders(session, event) == {"A-01": str(one.id), "A-03": str(other.id)}

    swapped = organizer.post(f"{base}/move", data={"stand": "A-01", "to": "A-03", "reason": "asked"})
    assert "are exchanged." in organizer.get(swapped.location).text
    assert _holders(session, event) == {"A-03": str(one.id), "A-01": str(other.id)}
    organizer.post(f"{base}/undo", data={"stand": "A-03", "other": "A-01"})
    assert _holders(session, event) == {"A-01": str(one.id), "A-03": str(other.id)}

    released = organizer.post(f"{base}/release", data={"stand": "A-01", "reason": "withdrew"})
    page = organizer.get(released.location).text
    assert "Stand A-01 is released." in page
    assert _holders(session, event) == {"A-03": str(other.id)}
    organizer.post(f"{base}/undo", data={"stand": "A-01", "registration": one.reference})
    assert _holders(session, event) == {"A-01": str(one.id), "A-03": str(other.id)}


def test_give_held_stand_redraws_the_plan_with_words(session: Session, organizer: FlaskClient) -> None:
    event = make_event(session)
    stand = make_stand(session, event.stops[0], code="A-01")
    make_allocation(session, stand, make_accepted_registration(session, event=event))
    late = make_accepted_registration(session, event=event)
    answer = organizer.post(
        f"{_base(event)}/plan/give", data={"stand": "A-01", "registration": late.reference}
    )
    assert answer.status_code == 409
    assert "Stand A-01 is already allocated." in answer.text
    assert "<title>Error:" in answer.text


def test_release_without_a_reason_is_refused(session: Session, organizer: FlaskClient) -> None:
    event = make_event(session)
    stand = make_stand(session, event.stops[0], code="A-01")
    holder = make_accepted_registration(session, event=event)
    make_allocation(session, stand, holder)
    answer = organizer.post(f"{_base(event)}/plan/release", data={"stand": "A-01", "reason": " "})
    assert answer.status_code == 422
    assert "Write the reason; it is kept." in answer.text
    assert _holders(session, event) == {"A-01": str(holder.id)}


@pytest.mark.parametrize("path", ["plan/give", "plan/release", "plan/move", "plan/undo"])
def test_changes_of_unknown_stands_are_not_found(session: Session, organizer: FlaskClient, path: str) -> None:
    event = make_event(session)
    one = make_accepted_registration(session, event=event)
    data = {"stand": "Z-9", "to": "Z-8", "other": "Z-8", "reason": "x", "registration": one.reference}
    assert organizer.post(f"{_base(event)}/{path}", data=data).status_code == 404


def test_add_block_lays_rows_with_a_named_zone(session: Session, organizer: FlaskClient) -> None:
    event = make_event(session)
    data = {
        "prefix": "B",
        "zone_ar": "الغذاء",
        "zone_fr": "Alimentation",
        "rows": "2",
        "columns": "3",
        "first": "1",
        "width_m": "3,5",
        "depth_m": "3",
        "aisle_m": "3",
        "kind": "exhibitor",
        "power": "y",
    }
    answer = organizer.post(f"{_base(event)}/stands/block", data=data)
    assert answer.status_code == 303
    placed = queries.stands_of(session, stop=event.stops[0])
    assert [found.code for found in placed] == ["B-01", "B-02", "B-03", "B-04", "B-05", "B-06"]
    assert {(found.stand.width_cm, found.zone.name_fr if found.zone else "") for found in placed} == {
        (350, "Alimentation")
    }
    again = organizer.post(f"{_base(event)}/stands/block", data=data)
    assert again.status_code == 422
    assert "The code B-01 exists already." in again.text
    wrong = organizer.post(f"{_base(event)}/stands/block", data=data | {"rows": "x", "width_m": "wide"})
    assert wrong.status_code == 422
    assert 'value="wide"' in wrong.text


def _upload(client: FlaskClient, event: Event, content: bytes) -> str:
    data = {"file": (io.BytesIO(content), "stands.csv")}
    answer = client.post(f"{_base(event)}/stands/sheet", data=data, content_type="multipart/form-data")
    return answer.text


def test_sheet_is_shown_first_and_taken_in_when_confirmed(session: Session, organizer: FlaskClient) -> None:
    event = make_event(session)
    make_stand(session, event.stops[0], code="A-01", width_cm=300)
    content = "code;zone;width_m\nA-01;;4\nA-02;الغذاء;3\n".encode("cp1256")
    page = _upload(organizer, event, content)
    assert "Nothing is taken in yet." in page
    assert [found.code for found in queries.stands_of(session, stop=event.stops[0])] == ["A-01"]
    text = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert text is not None
    answer = organizer.post(f"{_base(event)}/stands/sheet/confirm", data={"content": text.group(1)})
    assert answer.status_code == 303
    session.expire_all()
    event_stop = session.scalars(select(Event)).one()
    assert event_stop
    stands = session.scalars(select(Stand).order_by(Stand.code)).all()
    assert [(stand.code, stand.width_cm) for stand in stands] == [("A-01", 400), ("A-02", 300)]


def test_sheet_with_mistakes_names_lines_and_takes_in_nothing(
    session: Session, organizer: FlaskClient
) -> None:
    event = make_event(session)
    content = b"code;width_m\nA-01;3\nA-02;wide\n"
    page = _upload(organizer, event, content)
    assert "1 line has mistakes" in page
    assert "Width: Write metres in figures, for example 3 or 3.5." in page
    assert "Take in the stands" not in page
    organizer.post(f"{_base(event)}/stands/sheet/confirm", data={"content": content.decode()})
    assert session.scalars(select(Stand)).all() == []


@pytest.mark.parametrize("content", [b"", b"no table", b"PK\x03\x04\x00"])
def test_sheet_that_is_none_is_refused(session: Session, organizer: FlaskClient, content: bytes) -> None:
    event = make_event(session)
    assert "<title>Error:" in _upload(organizer, event, content)


def test_sheet_downloads_as_it_uploads(session: Session, organizer: FlaskClient) -> None:
    event = make_event(session)
    make_stand(session, event.stops[0], code="A-01")
    answer = organizer.get(f"{_base(event)}/stands.csv")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=stands-{event.slug}-S1.csv"
    assert "Nothing would change." in _upload(organizer, event, answer.data)


def test_stand_is_removed_only_when_it_was_never_held(session: Session, organizer: FlaskClient) -> None:
    event = make_event(session)
    make_stand(session, event.stops[0], code="A-02")
    stand = make_stand(session, event.stops[0], code="A-01")
    make_allocation(session, stand, make_accepted_registration(session, event=event))
    for code in ("A-01", "A-02"):
        assert organizer.post(f"{_base(event)}/stands/{code}/remove").status_code == 303
    assert session.scalars(select(Stand.code)).all() == ["A-01"]
    assert "A-02" not in organizer.get(f"{_base(event)}/stands").text.split("<main")[1].split("tablebox")[1]


def test_zone_is_named(session: Session, organizer: FlaskClient) -> None:
    event = make_event(session)
    url = f"{_base(event)}/stands/zones"
    assert organizer.post(url, data={"code": "A", "ar": "الغذاء", "fr": "Alimentation"}).status_code == 303
    assert organizer.post(url, data={"code": "", "ar": "", "fr": ""}).status_code == 422
    assert [zone.name_en for zone in queries.zones_of(session, stop=event.stops[0])] == ["Alimentation"]


def test_pages_of_foreign_events_are_not_found(session: Session, client: FlaskClient) -> None:
    event = make_event(session, region_code="05")
    sign_in(client, make_account(session, Role.ORGANIZER, ScopeKind.REGION, region_code="09"))
    for path in ("plan", "stands", "stands/block", "stands/sheet", "stands.csv"):
        assert client.get(f"{_base(event)}/{path}").status_code == 404
    for path in ("plan/give", "plan/move", "plan/release", "plan/undo", "stands/zones"):
        data = {"stand": "A", "to": "B", "reason": "x", "code": "A", "ar": "أ", "fr": "A"}
        assert client.post(f"{_base(event)}/{path}", data=data).status_code == 404


def test_plan_is_closed_to_others(session: Session, client: FlaskClient) -> None:
    event = make_event(session)
    sign_in(client, make_account(session, Role.GATE))
    assert client.get(f"{_base(event)}/plan").status_code == 403

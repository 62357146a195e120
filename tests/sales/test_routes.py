"""Pages of the ledger without scripts: the till, closing the day, the organizer's view."""

import re
import uuid
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.accounts.models import Account
from fairapp.audit.domain import Role, ScopeKind
from fairapp.foundation.clock import local_date, utc_now
from fairapp.registrations.models import RegistrationProduct
from fairapp.sales.models import DayReport, Sale, SaleFlag
from tests.clients import sign_in
from tests.factories.accounts import make_account
from tests.factories.cooperatives import make_cooperative
from tests.sales.ground import Ground, make_ground, sale, send

TILL = "/ar/till"


@pytest.fixture
def ground(session: Session) -> Ground:
    ground = make_ground(session)
    today = local_date(utc_now())
    ground.event.stops[0].starts_on = today - timedelta(days=1)
    ground.event.stops[0].ends_on = today + timedelta(days=1)
    session.add(
        RegistrationProduct(
            registration_id=ground.registration.id, position=9, name="زيت أركان", sector_code="ARG-FOOD"
        )
    )
    session.flush()
    return ground


@pytest.fixture
def seller(session: Session, ground: Ground, client: FlaskClient) -> FlaskClient:
    account = make_account(
        session,
        Role.COOPERATIVE,
        ScopeKind.COOPERATIVE,
        cooperative_id=ground.registration.cooperative_id,
    )
    return sign_in(client, account)


def organizer_of(session: Session, ground: Ground) -> Account:
    return make_account(session, Role.ORGANIZER, ScopeKind.EVENT, event_id=ground.event.id)


@pytest.fixture
def organizer(session: Session, ground: Ground, client: FlaskClient) -> FlaskClient:
    return sign_in(client, organizer_of(session, ground))


def new_sale(**changes: str) -> dict[str, str]:
    values = {"id": str(uuid.uuid4()), "product": "زيت أركان", "amount": "120", "payment": "cash"}
    return values | changes


def amounts(session: Session) -> list[int]:
    return sorted(session.scalars(select(Sale.amount_minor)))


def test_till_of_a_cooperative_shows_its_stand_products_and_the_day(
    session: Session, ground: Ground, seller: FlaskClient
) -> None:
    send(session, ground, sale(12_000, sold_at=utc_now()), now=utc_now())

    page = seller.get(TILL)

    assert page.status_code == 200
    for text in ("A-14", "زيت أركان", "120", 'inputmode="decimal"'):
        assert text in page.text
    assert re.search(r'name="id" value="[0-9a-f-]{36}"', page.text)


@pytest.mark.parametrize(
    "typed, minor", [("120", 12_000), ("120,5", 12_050), ("١٢٠٫٥٠", 12_050), (" 1 250.00 ", 125_000)]
)
def test_till_records_an_amount_in_any_usual_way_of_writing(
    session: Session, seller: FlaskClient, typed: str, minor: int
) -> None:
    form = new_sale(amount=typed)

    answer = seller.post(TILL, data=form)

    assert answer.status_code == 303
    row = session.scalars(select(Sale)).one()
    assert (str(row.id), row.amount_minor, row.product, row.sector_code) == (
        form["id"],
        minor,
        "زيت أركان",
        "ARG-FOOD",
    )
    assert 'class="toast"' in seller.get(answer.location).text


def test_till_records_the_same_page_sent_twice_once(session: Session, seller: FlaskClient) -> None:
    form = new_sale()

    answers = [seller.post(TILL, data=form).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert amounts(session) == [12_000]


@pytest.mark.parametrize(
    "change",
    [
        {"amount": ""},
        {"amount": "x"},
        {"amount": "0"},
        {"amount": "12345678"},
        {"payment": "gold"},
        {"id": "1"},
    ],
    ids=str,
)
def test_till_with_a_mistake_says_so_and_keeps_what_was_typed(
    session: Session, seller: FlaskClient, change: dict[str, str]
) -> None:
    page = seller.post(TILL, data=new_sale(**change))

    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert f'value="{change.get("amount", "120")}"' in page.text
    assert amounts(session) == []


def test_till_refuses_other_content_under_a_sent_id(session: Session, seller: FlaskClient) -> None:
    form = new_sale()
    seller.post(TILL, data=form)

    page = seller.post(TILL, data=form | {"amount": "99"})

    assert page.status_code == 409
    assert amounts(session) == [12_000]


def test_till_undo_cancels_by_a_second_entry_once(session: Session, seller: FlaskClient) -> None:
    form = new_sale()
    seller.post(TILL, data=form)
    undo = {"id": str(uuid.uuid4()), "sale": form["id"]}

    answers = [seller.post(f"{TILL}/undo", data=undo).status_code for _ in range(2)]
    answers.append(seller.post(f"{TILL}/undo", data=undo | {"id": str(uuid.uuid4())}).status_code)

    assert answers == [303] * 3
    assert amounts(session) == [-12_000, 12_000]
    assert "<s>" in seller.get(TILL).text


def test_till_undo_of_another_stands_sale_changes_nothing(
    session: Session, ground: Ground, seller: FlaskClient
) -> None:
    foreign = sale(700, stand="B-1")
    send(session, ground, foreign)

    answer = seller.post(f"{TILL}/undo", data={"id": str(uuid.uuid4()), "sale": foreign.id})

    assert answer.status_code == 303
    assert amounts(session) == [700]


def test_till_of_a_foreign_stand_is_not_found(ground: Ground, seller: FlaskClient) -> None:
    address = f"{TILL}?event={ground.event.slug}&stop=S1&stand=B-1"

    assert seller.get(address).status_code == 404
    assert seller.post(address, data=new_sale()).status_code == 404


def test_till_with_several_stands_asks_which(
    session: Session, ground: Ground, organizer: FlaskClient
) -> None:
    assert "A-14" not in organizer.get(TILL).text

    page = organizer.get(f"{TILL}?event={ground.event.slug}&stop=S1&stand=A-14")

    assert (page.status_code, "زيت أركان" in page.text) == (200, True)


def test_till_of_a_cooperative_without_stand_says_what_comes(session: Session, client: FlaskClient) -> None:
    account = make_account(
        session, Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=make_cooperative(session).id
    )

    page = sign_in(client, account).get(TILL)

    assert (page.status_code, 'class="empty"' in page.text) == (200, True)


@pytest.mark.parametrize("path", [TILL, f"{TILL}/close"])
def test_till_needs_a_seller(session: Session, client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code in (302, 303)
    assert sign_in(client, make_account(session, Role.OFFICIAL)).get(path).status_code == 403


def test_closing_declares_the_logged_and_the_unrecorded_sales(
    session: Session, ground: Ground, seller: FlaskClient
) -> None:
    send(session, ground, sale(12_000, sold_at=utc_now()), now=utc_now())
    assert "120" in seller.get(f"{TILL}/close").text

    answer = seller.post(f"{TILL}/close", data={"id": str(uuid.uuid4()), "more": "30,50"})

    assert answer.status_code == 303
    assert session.scalars(select(DayReport.takings_minor)).all() == [15_050]


def test_closing_a_day_without_sales_declares_zero_and_can_be_corrected(
    session: Session, ground: Ground, seller: FlaskClient
) -> None:
    yesterday = local_date(utc_now()) - timedelta(days=1)
    url = f"{TILL}/close?day={yesterday}"

    for more in ("0", "75"):
        assert seller.post(url, data={"id": str(uuid.uuid4()), "more": more}).status_code == 303

    reports = session.scalars(select(DayReport).order_by(DayReport.reported_at)).all()
    assert [(report.day, report.takings_minor) for report in reports] == [(yesterday, 0), (yesterday, 7_500)]
    assert "75" in seller.get(url).text


def test_closing_with_an_unreadable_amount_says_so(session: Session, seller: FlaskClient) -> None:
    page = seller.post(f"{TILL}/close", data={"id": str(uuid.uuid4()), "more": "many"})

    assert (page.status_code, 'value="many"' in page.text) == (422, True)
    assert session.scalars(select(DayReport)).all() == []


def test_overview_shows_states_differences_and_questions(
    session: Session, ground: Ground, organizer: FlaskClient
) -> None:
    send(
        session,
        ground,
        sale(12_000, sold_at=utc_now()),
        sale(99, stand="C-1", sold_at=utc_now()),
        now=utc_now(),
    )
    flag = session.scalars(select(SaleFlag)).one()
    url = f"/ar/organizer/events/{ground.event.slug}/sales"

    page = organizer.get(url)
    assert page.status_code == 200
    assert "A-14" in page.text
    assert organizer.post(f"{url}/flags/{flag.id}").status_code == 303

    session.expire_all()
    assert flag.settled_at is not None


def test_overview_records_a_declaration_from_paper(
    session: Session, ground: Ground, organizer: FlaskClient
) -> None:
    today = local_date(utc_now())
    url = f"/fr/organizer/events/{ground.event.slug}/sales/report?stop=S1&stand=B-1&day={today}"
    assert organizer.get(url).status_code == 200

    wrong = organizer.post(url, data={"id": str(uuid.uuid4()), "takings": "", "source": "paper"})
    right = organizer.post(url, data={"id": str(uuid.uuid4()), "takings": "0", "source": "phone"})

    assert (wrong.status_code, right.status_code) == (422, 303)
    report = session.scalars(select(DayReport)).one()
    assert (report.stand_id, report.takings_minor, report.source) == (ground.other.id, 0, "phone")


def test_overview_of_an_event_out_of_scope_is_not_found(session: Session, client: FlaskClient) -> None:
    mine, foreign = make_ground(session), make_ground(session)
    browser = sign_in(client, organizer_of(session, mine))
    base = f"/en/organizer/events/{foreign.event.slug}/sales"

    assert browser.get(base).status_code == 404
    assert browser.get(f"{base}/report?stop=S1&stand=A-14").status_code == 404
    assert browser.post(f"{base}/flags/1").status_code == 404

"""The directory is found in any spelling, narrowed and counted."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from fairapp.cooperatives.duplicates import suspected_pairs
from fairapp.cooperatives.listing import PER_PAGE, DirectoryCounts, DirectoryFilters, read_directory
from fairapp.cooperatives.models import Cooperative, Distinct
from tests import NOW, TODAY
from tests.badges.statements import statements_of
from tests.factories.cooperatives import make_cooperative
from tests.factories.networks import make_membership, make_network, make_programme, make_support


def three(session: Session) -> dict[str, Cooperative]:
    made = {
        "amal": make_cooperative(
            session,
            code="K7QM4T29",
            name_ar="تعاونية الأمل للزيتون",
            name_fr="Coopérative l’Espoir",
            phone="+212600000001",
            register_number="12/2020",
            women_led=True,
            rural=True,
            sectors=("AGR-OLIVE", "AGR-HONEY"),
        ),
        "nour": make_cooperative(
            session,
            name_ar="جمعية النور",
            name_fr="Association Annour",
            legal_kind="association",
            province_code="09.001",
            phone="+212600000002",
            ice="001561191000066",
            sectors=("COSM",),
        ),
        "atlas": make_cooperative(
            session, name_ar="تعاونية الأطلس", name_fr="Atlas", phone="+212600000003", women_led=True
        ),
    }
    make_cooperative(session, name_ar="مدمجة", phone=None, merged_into_id=made["nour"].id)
    return made


def found(session: Session, filters: DirectoryFilters) -> set[int]:
    page, counts = read_directory(session, filters=filters, on=TODAY)
    assert page.total == counts.total == len(page.items)
    return {one.id for one in page.items}


@pytest.mark.parametrize(
    "filters, names",
    [
        (DirectoryFilters(), {"amal", "nour", "atlas"}),
        (DirectoryFilters(text="زيتون الامل"), {"amal"}),
        (DirectoryFilters(text="تعاونيّة أمـل"), {"amal"}),
        (DirectoryFilters(text="ESPOIR coop"), {"amal"}),
        (DirectoryFilters(text="espo"), {"amal"}),
        (DirectoryFilters(text="06 00 00 00 02"), {"nour"}),
        (DirectoryFilters(text="٠٦٠٠٠٠٠٠٠٢"), {"nour"}),
        (DirectoryFilters(text="١٢/٢٠٢٠"), {"amal"}),
        (DirectoryFilters(text="001 561 191 000 066"), {"nour"}),
        (DirectoryFilters(text="%"), set()),
        (DirectoryFilters(text="مدمجة"), set()),
        (DirectoryFilters(legal_kind="association"), {"nour"}),
        (DirectoryFilters(region="05"), {"amal", "atlas"}),
        (DirectoryFilters(province="09.001"), {"nour"}),
        (DirectoryFilters(sector="AGR"), {"amal", "atlas"}),
        (DirectoryFilters(sector="AGR-OLIVE"), {"amal"}),
        (DirectoryFilters(women_led=True), {"amal", "atlas"}),
        (DirectoryFilters(rural=True, women_led=True), {"amal"}),
        (DirectoryFilters(text="الأطلس", rural=True), set()),
        (DirectoryFilters(duplicates=True), set()),
    ],
    ids=str,
)
def test_directory_is_narrowed(session: Session, filters: DirectoryFilters, names: set[str]) -> None:
    made = three(session)
    assert found(session, filters) == {made[name].id for name in names}


def test_directory_is_found_by_code_in_any_form(session: Session) -> None:
    made = three(session)["nour"]
    shown = f"{made.code[:4]}-{made.code[4:]}".lower()
    assert found(session, DirectoryFilters(text=shown)) == {made.id}


def test_directory_is_narrowed_to_programmes_and_networks_of_the_day(session: Session) -> None:
    made = three(session)
    programme, network = make_programme(session), make_network(session)
    make_support(session, made["amal"], programme)
    make_support(session, made["nour"], programme, until_on=TODAY)
    make_membership(session, made["atlas"], network)
    make_membership(session, made["amal"], network, until_on=date(2026, 1, 1))
    assert found(session, DirectoryFilters(programme=programme.code)) == {made["amal"].id}
    assert found(session, DirectoryFilters(network=network.code)) == {made["atlas"].id}
    _page, counts = read_directory(session, filters=DirectoryFilters(women_led=True), on=TODAY)
    assert (counts.programmes, counts.networks) == ({programme.code: 1}, {network.code: 1})


def counts_of(session: Session, filters: DirectoryFilters) -> DirectoryCounts:
    return read_directory(session, filters=filters, on=TODAY)[1]


@pytest.mark.parametrize("text", ["", "ا"], ids=["whole directory", "searched"])
def test_directory_counts_each_filter_with_the_others_kept(session: Session, text: str) -> None:
    three(session)
    every = counts_of(session, DirectoryFilters(text=text))
    assert every.legal_kinds == {"cooperative": 2, "association": 1}
    assert every.regions == {"05": 2, "09": 1}
    assert (every.women_led, every.rural, every.total) == (2, 1, 3)
    assert every.sectors == {"AGR-OLIVE": 1, "AGR-HONEY": 2, "COSM": 1}
    led = counts_of(session, DirectoryFilters(text=text, women_led=True, province="09.001"))
    assert (led.total, led.women_led, led.provinces) == (0, 0, {"05.301": 2})
    assert led.regions == {"05": 2}
    assert led.sectors == {}


@pytest.mark.parametrize(
    "filters", [DirectoryFilters(), DirectoryFilters(text="ا"), DirectoryFilters(duplicates=True)], ids=str
)
def test_directory_asks_as_often_for_any_number_of_rows(session: Session, filters: DirectoryFilters) -> None:
    asked = []
    for number in (2, 5):
        for _ in range(number):
            make_cooperative(session, phone="+212600000001")
        with statements_of(session) as statements:
            read_directory(session, filters=filters, on=TODAY)
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 7


def test_directory_goes_page_by_page(session: Session) -> None:
    for number in range(PER_PAGE + 1):
        make_cooperative(session, name_ar=f"{number:03}")
    first, _counts = read_directory(session, filters=DirectoryFilters(), on=TODAY)
    last, _counts = read_directory(session, filters=DirectoryFilters(), on=TODAY, page=99)
    assert (len(first.items), first.pages, last.page, len(last.items)) == (PER_PAGE, 2, 2, 1)
    assert last.items[0].name_ar == f"{PER_PAGE:03}"


def test_suspected_pairs_come_the_surest_first(session: Session) -> None:
    phone = [make_cooperative(session, phone="+212600000001", name_ar=name) for name in "اب"]
    both = [make_cooperative(session, phone="+212600000002", name_ar="الأمل", name_fr=name) for name in "xy"]
    court = [
        make_cooperative(session, phone=None, register_number="12", register_court="Fès") for _ in range(2)
    ]
    two = [make_cooperative(session, phone="+212600000003") for _ in range(2)]
    session.add(Distinct(first_id=two[0].id, second_id=two[1].id, said_at=NOW))
    kept = make_cooperative(session, phone="+212600000004")
    make_cooperative(session, phone="+212600000004", merged_into_id=kept.id)
    make_cooperative(session, phone=None, name_ar="الأمل", province_code="09.001")  # elsewhere
    make_cooperative(session, phone=None, register_number="12", register_court="Oujda")  # another court
    session.flush()
    page = suspected_pairs(session)
    assert [(pair.first.id, pair.second.id) for pair in page.items] == [
        (both[0].id, both[1].id),
        (phone[0].id, phone[1].id),
        (court[0].id, court[1].id),
    ]
    assert [len(pair.marks) for pair in page.items] == [2, 1, 1]
    assert found(session, DirectoryFilters(duplicates=True)) == {one.id for one in (*phone, *both, *court)}

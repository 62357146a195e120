"""Pages of the directory: success, refusal in words, no access."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role, ScopeKind
from fairapp.cooperatives.models import CatalogueProduct, Cooperative, Distinct, Membership, Merge, Support
from fairapp.foundation.ids import show_reference
from tests.badges.statements import statements_of
from tests.conftest import sign_in
from tests.factories.accounts import make_account
from tests.factories.cooperatives import make_cooperative
from tests.factories.networks import make_membership, make_network, make_programme, make_support

BASE = "/en/organizer/directory/"
LANGUAGES = pytest.mark.parametrize("language", ["ar", "fr", "en"])
CARD = {
    "name_ar": "تعاونية النور",
    "name_fr": "Coopérative Annour",
    "legal_kind": "cooperative",
    "province": "05.301",
    "commune": "Khénifra",
    "phone": "06 12 34 56 78",
    "members": "٢٤",
    "women_members": "24",
    "women_led": "yes",
    "sectors": ["AGR-HONEY", "COSM"],
    "register_number": "١٢/٢٠٢٠",
    "register_court": "Khénifra",
    "founded_on": "2015-05-01",
    "about_fr": "Miel de montagne",
}


@pytest.fixture
def organizer(client: FlaskClient, session: Session) -> FlaskClient:
    return sign_in(client, make_account(session, Role.ORGANIZER))


def code(cooperative: Cooperative) -> str:
    return show_reference(cooperative.code)


@LANGUAGES
def test_list_and_card_can_be_read(organizer: FlaskClient, session: Session, language: str) -> None:
    cooperative = make_cooperative(
        session, phone="+212611111111", register_number="12", about_ar="نص", rural=True
    )
    make_cooperative(session, phone="+212611111111")
    make_support(session, cooperative, make_programme(session))
    make_membership(session, cooperative, make_network(session), until_on=date(2026, 1, 1))
    listed = organizer.get(f"/{language}/organizer/directory/")
    assert listed.status_code == 200
    assert code(cooperative) in listed.text
    assert "+212611111111" not in listed.text.replace(" ", "")
    assert "11 11 11 11" not in listed.text
    card = organizer.get(f"/{language}/organizer/directory/{code(cooperative)}")
    assert card.status_code == 200
    assert "06 11 11 11 11" in card.text


@pytest.mark.parametrize("number", [1, 3])
def test_list_asks_as_often_for_any_number_of_rows(
    organizer: FlaskClient, session: Session, number: int
) -> None:
    for _ in range(number):
        make_cooperative(session)
    organizer.get(BASE)
    with statements_of(session) as asked:
        assert organizer.get(BASE).status_code == 200
    assert len([one for one in asked if one.startswith("SELECT") and "cooperative" in one]) == 7


def test_list_with_filters_that_fit_nothing_says_so(organizer: FlaskClient) -> None:
    answer = organizer.get(
        f"{BASE}?q=nobody&kind=gie&women=1&rural=1&duplicates=1&region=05&sector=AGR&page=9"
    )
    assert answer.status_code == 200
    assert "No cooperative fits" in answer.text


def test_card_of_a_merged_entry_leads_to_the_one_that_is_kept(
    organizer: FlaskClient, session: Session
) -> None:
    kept = make_cooperative(session)
    merged = make_cooperative(session, merged_into_id=kept.id)
    answer = organizer.get(f"{BASE}{code(merged)}")
    assert (answer.status_code, answer.location) == (302, f"{BASE}{code(kept)}")


def test_new_card_enters_a_cooperative(organizer: FlaskClient, session: Session) -> None:
    answer = organizer.post(f"{BASE}new", data=CARD)
    made = session.scalars(select(Cooperative)).one()
    assert (answer.status_code, answer.location) == (303, f"{BASE}{code(made)}")
    assert (made.phone, made.members, made.register_number) == ("+212612345678", 24, "12/2020")
    assert (made.founded_on, made.women_led, made.about_fr) == (date(2015, 5, 1), True, "Miel de montagne")


def test_edit_card_replaces_the_sectors_and_tells_of_the_ice(
    organizer: FlaskClient, session: Session
) -> None:
    cooperative = make_cooperative(session, sectors=("AGR-FIG", "COSM"))
    answer = organizer.post(f"{BASE}{code(cooperative)}/edit", data=CARD | {"ice": "001561191000067"})
    assert answer.status_code == 303
    card = organizer.get(answer.location)
    assert "One digit of the ICE seems wrong" in card.text
    assert "Joined a network" not in card.text
    session.expire_all()
    session.refresh(cooperative, ["sectors"])
    assert [sector.sector_code for sector in cooperative.sectors] == ["AGR-HONEY", "COSM"]
    assert cooperative.words_fr == "annour"


@pytest.mark.parametrize(
    "changes, sentence",
    [
        pytest.param({"name_ar": "", "name_fr": ""}, "Write the name of the cooperative", id="no name"),
        pytest.param({"women_members": "25"}, "The women cannot be more than the members (24).", id="women"),
        pytest.param({"phone": "12"}, "Write a Moroccan phone number", id="phone"),
        pytest.param({"register_number": ""}, "the court alone does not identify", id="court alone"),
        pytest.param({"founded_on": "2099-01-01"}, "cannot be in the future", id="founded later"),
        pytest.param({"founded_on": "yesterday"}, "Write the day as 28/05/2027", id="no day"),
        pytest.param({"sectors": ["NONE"]}, "Choose from the list.", id="sector"),
        pytest.param({"province": "99"}, "Choose the province.", id="province"),
        pytest.param({"name_fr": "x" * 201}, "Write at most 200 characters.", id="long"),
        pytest.param({"members": "many"}, "Write a number in figures", id="members"),
    ],
)
def test_edit_card_when_it_cannot_be_says_so_and_keeps_what_was_typed(
    organizer: FlaskClient, session: Session, changes: dict[str, str], sentence: str
) -> None:
    cooperative = make_cooperative(session)
    answer = organizer.post(f"{BASE}{code(cooperative)}/edit", data=CARD | changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Miel de montagne" in answer.text
    session.expire_all()
    assert cooperative.commune == "Khénifra"
    assert cooperative.about_fr is None


def test_edit_card_that_someone_changed_since_is_told_once(organizer: FlaskClient, session: Session) -> None:
    cooperative = make_cooperative(session)
    url = f"{BASE}{code(cooperative)}/edit"
    seen = re.findall(r'name="seen" value="(\w+)"', organizer.get(url).text)[0]
    assert organizer.post(url, data=CARD | {"seen": seen, "commune": "Mrirt"}).status_code == 303
    refused = organizer.post(url, data=CARD | {"seen": seen})
    assert refused.status_code == 422
    assert "Someone changed this card since you opened it" in refused.text
    again = re.findall(r'name="seen" value="(\w+)"', refused.text)[0]
    assert organizer.post(url, data=CARD | {"seen": again}).status_code == 303
    session.expire_all()
    assert cooperative.commune == "Khénifra"


@pytest.mark.parametrize(
    "path", ["?q=%00&programme=%00&network=%00&page=x", "%00", f"?page={10**30}", "?q=" + "a" * 5000], ids=str
)
def test_odd_addresses_are_no_crash(organizer: FlaskClient, path: str) -> None:
    assert organizer.get(BASE + path).status_code in (200, 404)


def test_odd_values_are_refused_in_words(organizer: FlaskClient, session: Session) -> None:
    cooperative = make_cooperative(session)
    odd = dict.fromkeys([*CARD, "rural", "douar", "email", "ice", "about_ar"], "\x00\u202e'<b>" * 40)
    base = f"{BASE}{code(cooperative)}"
    assert organizer.post(f"{base}/edit", data=odd).status_code == 422
    assert organizer.post(f"{BASE}new", data=odd).status_code == 422
    for path in ("programme", "network", "end"):
        data = dict.fromkeys(["programme", "network", "leaves", "what"], "\x00x") | {"since_on": "2025-01-01"}
        answer = organizer.post(f"{base}/support/{path}", data=data | {"until_on": "2026-01-01"})
        assert answer.status_code in (404, 422)
    assert organizer.get("/photos/%00/small.jpg").status_code == 404


def _own(client: FlaskClient, session: Session) -> tuple[FlaskClient, Cooperative]:
    cooperative = make_cooperative(session)
    account = make_account(session, Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=cooperative.id)
    return sign_in(client, account), cooperative


@LANGUAGES
def test_cooperative_reads_and_changes_its_own_card_only(
    client: FlaskClient, session: Session, language: str
) -> None:
    browser, own = _own(client, session)
    other = make_cooperative(session)
    base = f"/{language}/cooperative/card/"
    assert browser.get(f"{base}{code(own)}").status_code == 200
    assert browser.get(f"{base}{code(own)}/edit").status_code == 200
    assert browser.post(f"{base}{code(own)}/edit", data=CARD).status_code == 303
    assert browser.get(f"{base}{code(other)}").status_code == 404
    assert browser.post(f"{base}{code(other)}/edit", data=CARD).status_code == 404
    assert browser.get(f"/{language}/organizer/directory/{code(own)}").status_code == 403


PRODUCT = {
    "name_fr": "Miel de thym",
    "sector": "AGR-HONEY",
    "price": "120,50",
    "unit": "pot",
    "is_public": "y",
}


def test_cooperative_keeps_its_catalogue(client: FlaskClient, session: Session) -> None:
    browser, own = _own(client, session)
    base = f"/en/cooperative/card/{code(own)}/products"
    assert "No product yet" in browser.get(base).text
    assert browser.post(f"{base}/new", data=PRODUCT).status_code == 303
    assert (
        browser.post(f"{base}/new", data=PRODUCT | {"name_fr": "Savon", "price": "", "unit": ""}).status_code
        == 303
    )
    first, second = session.scalars(select(CatalogueProduct).order_by(CatalogueProduct.id))
    assert (first.name_ar, first.price_minor, first.unit) == ("Miel de thym", 12050, "pot")
    shown = show_reference(second.code)
    for act in ("up", "hide"):
        assert browser.post(f"{base}/{shown}/{act}").status_code == 303
    session.expire_all()
    assert (first.position, second.position, second.is_public) == (2, 1, False)
    page = browser.get(f"{base}/{shown}")
    assert "Savon" in page.text
    browser.post(f"{base}/{shown}", data=PRODUCT | {"name_fr": "Savon noir"})
    session.expire_all()
    assert (second.name_fr, second.is_public) == ("Savon noir", True)
    assert browser.post(f"{base}/{shown}/remove").status_code == 303
    assert browser.get(f"{base}/{shown}").status_code == 404


@pytest.mark.parametrize(
    "changes, sentence",
    [
        pytest.param({"name_fr": ""}, "Write the name of the product", id="no name"),
        pytest.param({"price": "cheap"}, "Write the amount in figures", id="price"),
        pytest.param({"price": "0"}, "Write a price above zero", id="nothing"),
        pytest.param({"price": ""}, "Write the price too", id="unit alone"),
        pytest.param({"sector": "NONE"}, "Choose the kind of product.", id="sector"),
    ],
)
def test_product_when_it_cannot_be_says_so(
    organizer: FlaskClient, session: Session, changes: dict[str, str], sentence: str
) -> None:
    cooperative = make_cooperative(session)
    answer = organizer.post(f"{BASE}{code(cooperative)}/products/new", data=PRODUCT | changes)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert 'value="pot"' in answer.text
    assert session.scalars(select(CatalogueProduct)).all() == []


@LANGUAGES
def test_programmes_and_networks_are_recorded_and_ended(
    organizer: FlaskClient, session: Session, language: str
) -> None:
    cooperative, network, second = make_cooperative(session), make_network(session), make_network(session)
    base = f"/{language}/organizer/directory/{code(cooperative)}/support"
    assert organizer.get(base).status_code == 200
    assert (
        organizer.post(f"{base}/programme", data={"programme": "indh", "since_on": "2025-01-01"}).status_code
        == 303
    )
    joins = {"network": network.code, "since_on": "01/02/2025"}
    assert organizer.post(f"{base}/network", data=joins).status_code == 303
    changes = {"network": second.code, "since_on": "2026-02-01", "leaves": network.code}
    assert organizer.post(f"{base}/network", data=changes).status_code == 303
    ends = {"what": "programme:indh", "until_on": "2026-06-01"}
    assert organizer.post(f"{base}/end", data=ends).status_code == 303
    page = organizer.get(base)
    assert page.status_code == 200
    left, joined = session.scalars(select(Membership).order_by(Membership.id))
    assert (left.since_on, left.until_on, joined.since_on, joined.until_on) == (
        date(2025, 2, 1),
        date(2026, 2, 1),
        date(2026, 2, 1),
        None,
    )
    assert session.scalars(select(Support.until_on)).all() == [date(2026, 6, 1)]


@pytest.mark.parametrize(
    "path, data, sentence",
    [
        pytest.param(
            "programme", {"programme": "", "since_on": "2025-01-01"}, "Choose the programme.", id="none"
        ),
        pytest.param("programme", {"programme": "indh", "since_on": ""}, "Write the first day.", id="no day"),
        pytest.param(
            "programme",
            {"programme": "indh", "since_on": "2025-01-01", "until_on": "2024-01-01"},
            "It began on 01/01/2025",
            id="backwards",
        ),
        pytest.param(
            "network", {"network": "", "since_on": "2025-01-01"}, "Choose the network.", id="network"
        ),
        pytest.param(
            "end", {"what": "programme:indh", "until_on": ""}, "Write the day on which", id="no end"
        ),
    ],
)
def test_support_when_it_cannot_be_says_so(
    organizer: FlaskClient, session: Session, path: str, data: dict[str, str], sentence: str
) -> None:
    cooperative = make_cooperative(session)
    make_support(session, cooperative, make_programme(session))
    answer = organizer.post(f"{BASE}{code(cooperative)}/support/{path}", data=data)
    assert (answer.status_code, sentence in answer.text) == (422, True)


def test_network_and_programme_lists_take_new_ones(organizer: FlaskClient, session: Session) -> None:
    body, member = make_cooperative(session), make_cooperative(session)
    names = {"name_ar": "اتحاد سوس", "name_fr": "Union Souss", "province": "09.001", "body": code(body)}
    made = organizer.post("/en/organizer/networks/", data=names)
    assert made.status_code == 303
    network = make_network(session)
    make_membership(session, member, network)
    assert "Union Souss" in organizer.get("/en/organizer/networks/").text
    page = organizer.get(made.location)
    assert code(body) in page.text
    assert organizer.post(made.location, data=names | {"name_fr": "Union du Souss"}).status_code == 303
    assert "No cooperative has this code" in organizer.post(made.location, data=names | {"body": "x"}).text
    assert code(member) in organizer.get(f"/en/organizer/networks/{show_reference(network.code)}").text
    programme = {"name_ar": "برنامج", "name_fr": "Programme neuf"}
    assert organizer.post("/en/organizer/programmes/", data=programme).status_code == 303
    assert "Programme neuf" in organizer.get("/en/organizer/programmes/").text
    assert organizer.post("/en/organizer/programmes/", data={"name_ar": ""}).status_code == 422


@LANGUAGES
def test_duplicates_are_compared_merged_and_separated(
    organizer: FlaskClient, session: Session, language: str
) -> None:
    base = f"/{language}/organizer/directory/"
    first = make_cooperative(session, name_ar="تعاونية الأمل", name_fr="Espoir", phone="+212600000001")
    second = make_cooperative(session, name_ar="الامل", name_fr="Coop Espoir", phone="+212600000001", ice="1")
    pairs = organizer.get(f"{base}duplicates")
    assert pairs.status_code == 200
    assert f"{code(first)}/merge/{code(second)}" in pairs.text
    side_by_side = organizer.get(f"{base}{code(first)}/merge/{code(second)}")
    assert side_by_side.status_code == 200
    assert (
        organizer.post(f"{base}{code(first)}/merge/{code(second)}", data={"kept": "first"}).status_code == 422
    )
    merged = organizer.post(
        f"{base}{code(first)}/merge/{code(second)}",
        data={
            "kept": "second",
            "take-name_ar": "first",
            "take-ice": "second",
            "sectors": "both",
            "reason": "one",
        },
    )
    assert (merged.status_code, merged.location) == (303, f"{base}{code(second)}")
    session.expire_all()
    assert (first.merged_into_id, second.name_ar, second.ice) == (second.id, "تعاونية الأمل", "1")
    merge = session.scalars(select(Merge)).one()
    assert organizer.get(f"{base}duplicates").status_code == 200
    assert organizer.post(f"{base}merges/{show_reference(merge.code)}/undo").status_code == 303
    session.expire_all()
    assert (first.merged_into_id, second.name_ar) == (None, "الامل")
    assert organizer.post(f"{base}{code(first)}/distinct/{code(second)}").status_code == 303
    assert session.scalars(select(Distinct)).one().first_id == first.id
    assert f"{code(first)}/merge/{code(second)}" not in organizer.get(f"{base}duplicates").text


def test_merging_with_itself_is_refused(organizer: FlaskClient, session: Session) -> None:
    one = make_cooperative(session)
    assert organizer.get(f"{BASE}{code(one)}/merge/{code(one)}").status_code == 422


def test_desk_agents_read_but_do_not_merge(client: FlaskClient, session: Session) -> None:
    cooperative = make_cooperative(session)
    agent = sign_in(client, make_account(session, Role.DESK_AGENT))
    assert agent.get(BASE).status_code == 200
    assert agent.get(f"{BASE}{code(cooperative)}").status_code == 200
    assert agent.get(f"{BASE}duplicates").status_code == 403
    assert agent.get("/en/organizer/networks/").status_code == 403


def test_officials_do_not_read_the_directory(client: FlaskClient, session: Session) -> None:
    assert sign_in(client, make_account(session, Role.OFFICIAL)).get(BASE).status_code == 403

"""Pages, calls and files of figures: the same amounts everywhere, each to whom it belongs."""

import csv
import io
import json
import re
from collections.abc import Callable
from hashlib import sha256

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role, ScopeKind
from fairapp.events.models import Event
from fairapp.foundation.money import to_text
from fairapp.registrations.models import Registration
from fairapp.statistics import services
from fairapp.turnover.queries.checks import ledger_turnover, reconcile
from fairapp.web import formats
from tests import NOW
from tests.clients import ApiCaller, sign_in
from tests.factories.accounts import make_account, make_actor
from tests.factories.cooperatives import make_cooperative
from tests.statistics.arrange import make_fair_with_sales

Api = Callable[..., ApiCaller]


@pytest.fixture
def fair(session: Session, monkeypatch: pytest.MonkeyPatch) -> Event:
    for module in ("turnover", "national", "open_data"):
        monkeypatch.setattr(f"fairapp.statistics.api.{module}.utc_now", lambda: NOW)
    for module in ("official", "downloads"):
        monkeypatch.setattr(f"fairapp.statistics.routes.{module}.utc_now", lambda: NOW)
    return make_fair_with_sales(session)


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_page_call_files_and_ledger_say_the_same_to_the_centime(
    session: Session, client: FlaskClient, api: Api, fair: Event
) -> None:
    official = make_account(session, Role.OFFICIAL)
    ledger = {row.event_id: int(row.turnover) for row in session.execute(ledger_turnover())}[fair.id]
    sign_in(client, official)

    page = client.get(f"/fr/official/events/{fair.slug}").get_data(as_text=True)
    answer = json.loads(api(official).get(f"/events/{fair.slug}/turnover").data)
    lines = rows_of(client.get(f"/fr/official/events/{fair.slug}/turnover.csv").data)
    book = load_workbook(io.BytesIO(client.get(f"/fr/official/events/{fair.slug}/turnover.xlsx").data))
    national = rows_of(client.get("/fr/official/totals.csv").data)

    assert formats.show_amount(ledger, language="fr") in page
    assert answer["turnover"] == to_text(ledger) == "2057.05"
    for table in ("by_stop", "by_day", "by_sector"):
        assert sum(round(float(part["turnover"]) * 100) for part in answer[table]) == ledger
    for breakdown in ("total", "stop", "day", "sector"):
        parts = [line["turnover_mad"] for line in lines if line["breakdown"] == breakdown]
        assert sum(round(float(part) * 100) for part in parts) == ledger
    for sheet in book.worksheets[1:]:
        heads = [cell.value for cell in sheet[1]]
        place = heads.index("Chiffre d’affaires déclaré (MAD)")
        assert sum(round(float(row[place].value) * 100) for row in sheet.iter_rows(min_row=2)) == ledger
    assert [row["turnover_mad"] for row in national] == [to_text(ledger)]
    assert [row.is_equal for row in reconcile(session)] == [True]


def test_turnover_has_the_form_of_the_contract(session: Session, api: Api, fair: Event) -> None:
    answer = json.loads(api(make_account(session, Role.OFFICIAL)).get(f"/events/{fair.slug}/turnover").data)

    assert answer["event"] == fair.slug
    assert answer["currency"] == "MAD"
    assert answer["coverage"] == {"expected": 10, "reported": 6, "zero_reports": 0, "rate": "0.600"}
    assert answer["counts"] == {"registered": 5, "accepted": 5, "present": None, "reported": 5}
    assert answer["women_led"] == {
        "turnover": "2057.05",
        "share": "1.000",
        "base": "2057.05",
        "not_stated": "0.00",
    }
    assert answer["by_sector"][1] == {"sector": None, "turnover": "555.55", "sales": 0}
    assert answer["revision"] is None
    assert answer["as_of"].startswith("2027-05-20T")


def test_a_cooperative_gets_its_own_stand_and_another_nothing(
    session: Session, api: Api, fair: Event
) -> None:
    own = session.scalars(select(Registration).where(Registration.event_id == fair.id)).first()
    assert own is not None
    account = make_account(
        session, Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=own.cooperative_id
    )
    elsewhere = make_cooperative(session)
    stranger = make_account(session, Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=elsewhere.id)

    answer = json.loads(api(account).get(f"/events/{fair.slug}/turnover").data)

    assert answer["turnover"] == "655.65"
    assert answer["counts"] == {"registered": 1, "accepted": 1, "present": None, "reported": 1}
    assert api(stranger).get(f"/events/{fair.slug}/turnover").status_code == 404
    assert api(None).get(f"/events/{fair.slug}/turnover").status_code == 401


def test_statistics_have_the_form_of_the_contract(session: Session, api: Api, fair: Event) -> None:
    answer = json.loads(api(make_account(session, Role.OFFICIAL)).get("/statistics?from=2027&to=2027").data)

    assert (answer["from"], answer["to"]) == (2027, 2027)
    fairs = answer["fairs"]
    assert (fairs["editions"], fairs["cooperatives"], fairs["distinct_cooperatives"]) == (1, 5, 5)
    assert (fairs["exhibitors"], fairs["women_exhibitors"], fairs["women_share"]) == (5, 5, "1.000")
    assert (fairs["trained"], fairs["women_trained"], fairs["women_trained_share"]) == (None, None, None)
    assert fairs["turnover"] == "2057.05"
    assert answer["mobile_markets"]["turnover"] is None
    assert [region["region"] for region in answer["by_region"]] == ["05"]
    assert [year["year"] for year in answer["by_year"]] == [2027]


def test_years_the_wrong_way_round_are_refused(session: Session, api: Api, fair: Event) -> None:
    answer = api(make_account(session, Role.OFFICIAL)).get("/statistics?from=2027&to=2021")

    assert answer.status_code == 422


def test_nothing_is_public_before_an_organizer_publishes(client: FlaskClient, api: Api, fair: Event) -> None:
    assert client.get(f"/ar/events/{fair.slug}/report").status_code == 404
    assert fair.slug not in client.get("/ar/statistics").get_data(as_text=True)
    assert rows_of(api(None).get("/open-data/turnover.csv").data) == []


def test_the_public_sees_the_total_but_no_cell_of_few_sellers(
    session: Session, client: FlaskClient, api: Api, fair: Event
) -> None:
    services.publish_report(session, actor=make_actor(Role.ORGANIZER), slug=fair.slug, now=NOW)

    page = client.get(f"/en/events/{fair.slug}/report").get_data(as_text=True)
    lines = rows_of(api(None).get("/open-data/turnover.csv").data)

    assert "2,057.05" in page
    assert "1,501.50" not in page
    assert "555.55" not in page
    assert [(line["breakdown"], line["turnover_mad"], line["hidden"]) for line in lines] == [
        ("total", "2057.05", "no"),
        ("stop", "2057.05", "no"),
        ("day", "", "yes"),
        ("day", "", "yes"),
        ("sector", "", "yes"),
        ("sector", "", "yes"),
    ]


def test_an_organizer_publishes_and_takes_back_by_page(
    session: Session, client: FlaskClient, fair: Event
) -> None:
    sign_in(client, make_account(session, Role.ORGANIZER))

    published = client.post(f"/en/official/events/{fair.slug}/publish", follow_redirects=True)
    public = client.get(f"/en/events/{fair.slug}/report")
    client.post(f"/en/official/events/{fair.slug}/publish", data={"take_back": "y"})

    assert "The figures are published." in published.get_data(as_text=True)
    assert public.status_code == 200
    assert client.get(f"/en/events/{fair.slug}/report").status_code == 404


def test_the_catalogue_describes_the_files_as_they_are(api: Api, fair: Event) -> None:
    caller = api(None)
    catalogue = json.loads(caller.get("/open-data/catalog.jsonld").data)

    assert catalogue["@type"] == "dcat:Catalog"
    for dataset in catalogue["dcat:dataset"]:
        assert {"dct:title", "dct:publisher", "dct:license", "dct:spatial", "dct:temporal"} <= dataset.keys()
        [file] = dataset["dcat:distribution"]
        name = file["dcat:downloadURL"]["@id"].rpartition("/")[2]
        content = caller.get(f"/open-data/{name}").data
        assert file["dcat:byteSize"]["@value"] == str(len(content))
        assert file["spdx:checksum"]["spdx:checksumValue"] == sha256(content).hexdigest()


@pytest.mark.parametrize("language,first", [("ar", "right"), ("fr", "left")])
def test_days_run_in_the_direction_of_the_language(
    session: Session, client: FlaskClient, fair: Event, language: str, first: str
) -> None:
    sign_in(client, make_account(session, Role.OFFICIAL))

    page = client.get(f"/{language}/official/events/{fair.slug}").get_data(as_text=True)

    places = [float(x) for x in re.findall(r'<rect class="f \w+" x="([\d.]+)%"', page)]
    assert len(places) == 2
    assert (places[0] > places[1]) == (first == "right")
    assert 'role="img" aria-label="' in page
    assert "style=" not in page


@pytest.mark.parametrize("path", ["/official/", "/official/totals.csv", "/official/totals.xlsx"])
def test_national_pages_are_for_officials(session: Session, client: FlaskClient, path: str) -> None:
    assert client.get(f"/ar{path}").status_code in (302, 303)
    sign_in(client, make_account(session, Role.GATE))
    assert client.get(f"/ar{path}").status_code == 403

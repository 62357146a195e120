"""The whole way, once: from a cooperative's registration to the event's turnover."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import create_engine, text

from tests.browser.organizing import allocate, decide
from tests.browser.registering import Applicant, register, track
from tests.browser.trading import link_in, pdf_of, scan, scan_photo, sell, show_badge
from tests.browser.visitor import Visitor
from tests.factories.accounts import PASSWORD

FAIR = Applicant(
    "تعاونية أرز الأطلس",
    "Coopérative Cèdre de l’Atlas",
    "0661 22 33 44",
    "cedar@journey.example",
    (("فاطمة الزهراء أمزيان", "woman"), ("يوسف أوحدو", "man")),
)
MARKET = Applicant("تعاونية النخيل", "Coopérative Les Palmiers", "0661 55 66 77", "palm@journey.example")


@pytest.mark.parametrize(
    "language,width,kind,applicant",
    [("ar", 390, "fair", FAIR), ("fr", 1280, "market", MARKET)],
    ids=["ar-390-fair", "fr-1280-market"],
)
def test_the_whole_way(
    visit: Callable[..., Visitor], tmp_path: Path, language: str, width: int, kind: str, applicant: Applicant
) -> None:
    slug, stop = f"journey-{kind}", "S1"
    guest = visit(language, width)
    stage = guest.stage
    # A cooperative registers and tracks.
    reference = register(guest, slug, applicant)
    stage.wait_for_letter(applicant.email)
    assert reference in track(guest, reference, applicant.phone)
    # An organizer accepts and gives a stand.
    organizer = visit(language, width)
    organizer.sign_in("organizer")
    decide(organizer, slug, reference, "accept")
    invitation = stage.wait_for_letter_with(applicant.email, "/invitation/")
    stand = allocate(organizer, slug, stop, reference)
    # Every representative gets a badge, on the phone and on paper.
    issued = stage.wait_for_letter_with(applicant.email, "/b/")
    badge = link_in(issued, "/b/")
    holder = visit(language, 390)
    code = show_badge(holder, badge)
    assert stand in holder.page.locator("main").inner_text()
    assert pdf_of(holder, badge).startswith(b"%PDF")
    # The gate lets a badge in once.
    gate = visit(language, 390)
    gate.sign_in("gate" if kind == "fair" else "gate_market")
    assert [scan(gate, slug, stop, code) for _ in range(2)] == ["yes", "dup"]
    picture = tmp_path / "badge.png"
    holder.page.screenshot(path=picture, full_page=True)
    assert scan_photo(gate, slug, stop, picture) == "dup"
    # The exhibitor opens an account, sells and closes the day.
    seller = visit(language, width)
    seller.open("/" + link_in(invitation, "/invitation/"))
    seller.page.fill("[name=name]", applicant.people[0][0])
    seller.page.fill("[name=password]", PASSWORD)
    seller.submit()
    seller.open("/till")
    if seller.page.locator("#amount").count() == 0:
        seller.follow("main a[href*='/till?']")
    for amount in ("120,50", "80", "45.5"):
        sell(seller, amount)
    seller.page.reload()  # without the passing word on the last sale
    assert seller.axe_faults() == []
    seller.follow("nav a[href*='/till/close']")
    seller.submit()
    assert seller.axe_faults() == []
    # An official reads the turnover: page, files, call and ledger agree.
    official = visit(language, width)
    official.sign_in("official")
    official.open(f"/official/events/{slug}")
    assert official.axe_faults() == []
    assert "246" in official.page.locator("main").inner_text()
    assert ledger_sum(stage.settings.database, slug) == 24_600
    assert "246.00" in fetched(official, f"/{language}/official/events/{slug}/turnover.csv").decode(
        "utf-8-sig"
    )
    sheet = load_workbook(io.BytesIO(fetched(official, f"/{language}/official/events/{slug}/turnover.xlsx")))
    values = {cell for page in sheet for row in page.iter_rows(values_only=True) for cell in row}
    assert 246 in values


def ledger_sum(database: str, slug: str) -> int:
    engine = create_engine(database)
    with engine.connect() as connection:
        total = connection.scalar(
            text(
                "SELECT sum(amount_minor) FROM sales JOIN events ON events.id = event_id WHERE slug = :slug"
            ),
            {"slug": slug},
        )
    engine.dispose()
    return int(total or 0)


def fetched(visitor: Visitor, path: str) -> bytes:
    answer = visitor.page.request.get(visitor.stage.url + path)
    assert answer.status == 200
    return answer.body()

"""What a cooperative does: choose an event, answer the pages, send, track."""

import re
from dataclasses import dataclass

from playwright.sync_api import FilePayload, expect

from tests.browser.visitor import Visitor
from tests.files import corpus

REFERENCE = re.compile(r"[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}")
MOST_PAGES = 12


@dataclass(frozen=True)
class Applicant:
    """A cooperative and who comes for it."""

    name_ar: str
    name_fr: str
    phone: str
    email: str
    people: tuple[tuple[str, str], ...] = (("فاطمة الزهراء أمزيان", "woman"),)


def register(visitor: Visitor, slug: str, applicant: Applicant) -> str:
    """Go from the home page through all pages to the receipt; return the reference."""
    page = visitor.page
    visitor.open("/")
    page.click(f"main a[href$='/events/{slug}'] >> nth=0")
    page.click(f"main a[href*='/events/{slug}/register'] >> nth=0")
    for _ in range(MOST_PAGES):
        step = page.url.split("?")[0].rstrip("/").rpartition("/")[2]
        if step == "register":
            page.click("main a[href$='/register/cooperative']")
            continue
        if step in ANSWERS:
            ANSWERS[step](visitor, applicant)
            visitor.submit()
            continue
        break
    expect(page.locator("main output")).to_be_visible()
    found = REFERENCE.search(page.locator("main output").inner_text())
    assert found, page.locator("main").inner_text()
    return found[0]


def _say_who(visitor: Visitor, applicant: Applicant) -> None:
    visitor.page.fill("[name=name_ar]", applicant.name_ar)
    visitor.page.fill("[name=name_fr]", applicant.name_fr)
    visitor.page.fill("[name=phone]", applicant.phone)
    visitor.page.fill("[name=email]", applicant.email)


def _say_where(visitor: Visitor, _applicant: Applicant) -> None:
    visitor.page.select_option("[name=province]", "05.301")
    visitor.page.fill("[name=commune]", "أجلموس")
    visitor.page.fill("[name=members]", "٢٤")
    visitor.page.fill("[name=women_members]", "20")
    visitor.page.check("[name=women_led][value=yes]", force=True)


def _choose_products(visitor: Visitor, _applicant: Applicant) -> None:
    visitor.page.check("[name=sectors][value=AGR-HONEY]", force=True)


def _choose_stops(visitor: Visitor, _applicant: Applicant) -> None:
    for stop in visitor.page.locator("[name=stops]").all():
        stop.check(force=True)


def _describe_stand(visitor: Visitor, _applicant: Applicant) -> None:
    visitor.page.fill("[name=names_0]", "عسل الزعتر، عسل الدغموس")
    visitor.page.check("[name=power]", force=True)


def _name_people(visitor: Visitor, applicant: Applicant) -> None:
    for place, (name, gender) in enumerate(applicant.people, start=1):
        visitor.page.fill(f"[name=name_{place}]", name)
        visitor.page.select_option(f"[name=gender_{place}]", gender)


def _send_papers(visitor: Visitor, _applicant: Applicant) -> None:
    """Send a photo and a PDF; without scripts they go with the form, with them in pieces at once."""
    papers: list[FilePayload] = [
        {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": corpus.photo_of_a_phone()},
        {"name": "statuts.pdf", "mimeType": "application/pdf", "buffer": corpus.pdf(2)},
    ]
    has_scripts = visitor.page.locator("label.upload.plain").count() == 0
    visitor.page.set_input_files("[name=files_0]", papers)
    if has_scripts:
        expect(visitor.page.locator("fieldset.doc li.upload.ok")).to_have_count(len(papers))


def _declare(visitor: Visitor, applicant: Applicant) -> None:
    expect(visitor.page.locator("main")).to_contain_text(applicant.email)
    visitor.page.check("[name=consent]", force=True)


ANSWERS = {
    "cooperative": _say_who,
    "place": _say_where,
    "products": _choose_products,
    "stops": _choose_stops,
    "stand": _describe_stand,
    "people": _name_people,
    "documents": _send_papers,
    "check": _declare,
}


def track(visitor: Visitor, reference: str, phone: str) -> str:
    """Look a registration up and return the text of its page."""
    visitor.open("/track")
    visitor.page.fill("[name=reference]", reference.lower())
    visitor.page.fill("[name=phone]", phone)
    visitor.submit()
    return visitor.page.locator("body").inner_text()

"""A cooperative registers: without scripts, with mistakes, and gets its letter."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.registering import Applicant, register, track
from tests.browser.visitor import Visitor


def test_registration_without_scripts_gets_reference_and_letter(visit: Callable[..., Visitor]) -> None:
    visitor = visit("ar", 390, scripts=False)
    applicant = Applicant(
        "تعاونية بلا برامج", "Coopérative sans scripts", "06 61 00 00 01", "plain@journey.example"
    )
    reference = register(visitor, "journey-fair", applicant)
    letter = visitor.stage.wait_for_letter(applicant.email, within_s=10)
    plain = letter.get_body(("plain",))
    assert plain is not None
    text = plain.get_content()
    assert reference in text.replace("\u2066", "").replace("\u2069", "").replace("\u200e", "")
    assert [part.get_content_type() for part in letter.iter_attachments()] == ["text/calendar"]
    assert reference in track(visitor, reference, "+212661000001")


def test_wrong_answers_are_named_beside_the_field_and_kept(visit: Callable[..., Visitor]) -> None:
    visitor = visit("fr", 1280)
    page = visitor.page
    visitor.open("/events/journey-market/register/cooperative")
    page.fill("[name=phone]", "12")
    page.fill("[name=email]", "sans-arobase")
    visitor.submit()
    assert page.input_value("[name=phone]") == "12"
    assert page.input_value("[name=email]") == "sans-arobase"
    for name in ("name_ar", "phone", "email"):
        field = page.locator(f"[name={name}]")
        expect(field).to_have_attribute("aria-invalid", "true")
        described = (field.get_attribute("aria-describedby") or "").split()
        shown = [page.locator(f"[id='{name}']").inner_text() for name in described]
        assert any(shown), name
        expect(page.locator(f"main a[href='#{field.get_attribute('id')}']")).to_be_visible()
    assert visitor.axe_faults() == []

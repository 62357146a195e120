"""What an organizer does: decide on a registration, give a stand, take a badge back."""

from playwright.sync_api import expect

from tests.browser.visitor import Visitor


def decide(visitor: Visitor, slug: str, reference: str, decision: str) -> None:
    """Open a registration from the queue and record a decision."""
    visitor.open(f"/organizer/events/{slug}/registrations")
    visitor.follow(
        f"main a[href*='/registrations/{reference}'], main a[href*='/registrations/{plain(reference)}']"
    )
    assert visitor.axe_faults() == []
    visitor.page.check(f"[name=decision][value={decision}]", force=True)
    visitor.submit("main button[name=send]")


def allocate(visitor: Visitor, slug: str, stop: str, reference: str) -> str:
    """Give an accepted registration the first stand that suits it, and return its code."""
    visitor.open(f"/organizer/events/{slug}/stops/{stop}/plan")
    assert visitor.page.locator("svg a, svg [role=link]").count() > 0
    visitor.follow(
        f"main a[href*='registration={reference}'], main a[href*='registration={plain(reference)}']"
    )
    visitor.follow("#panel ul.why a.btn")
    assert visitor.axe_faults() == []
    code = visitor.page.locator("#panel [name=stand]").first.input_value()
    visitor.submit("#panel form button.btn.wide")
    expect(visitor.page.locator(".toast")).to_contain_text(code)
    return code


def plain(reference: str) -> str:
    """Return a reference as it stands in addresses."""
    return reference.replace("-", "")

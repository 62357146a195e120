"""Every public page: light, alone, accessible, and usable without scripts."""

from collections.abc import Callable

import pytest

from tests.browser.visitor import Visitor

PAGES = (
    "/",
    "/events/journey-fair",
    "/events/journey-market",
    "/events/journey-fair/register",
    "/track",
    "/statistics",
    "/open-data",
    "/sign-in",
    "/no-such-page",
)
MOST_BYTES = 60 * 1024


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language,width", [("ar", 390), ("fr", 1280), ("en", 390)], ids=["ar", "fr", "en"])
def test_public_page_is_light_alone_and_accessible(
    visit: Callable[..., Visitor], path: str, language: str, width: int
) -> None:
    visitor = visit(language, width)
    answer = visitor.open(path)
    visitor.page.wait_for_load_state("networkidle")
    assert answer.status == (404 if path == "/no-such-page" else 200)
    assert visitor.received_bytes <= MOST_BYTES
    html = visitor.page.locator("html")
    assert (html.get_attribute("lang") or "").partition("-")[0] == language
    assert html.get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    assert visitor.overflowing() == []
    assert visitor.axe_faults() == []

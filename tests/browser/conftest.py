"""A running instance and people who visit it with a browser."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.stage import Stage, set_stage
from tests.browser.visitor import Visitor
from tools.provision import browser_path

ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOCALES = {"ar": "ar-MA", "fr": "fr-MA", "en": "en-GB"}
HEIGHTS = {390: 844, 1280: 900}


def launch_arguments() -> list[str]:
    """Return what Chromium is started with; as root it runs only without its sandbox."""
    return [*ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else ARGUMENTS


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="session")
def stage(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A whole instance with two events, shared by all journeys."""
    stage = set_stage(template, tmp_path_factory.mktemp("stage"))
    yield stage
    stage.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium, without a window."""
    path = browser_path()
    if path is None:
        pytest.skip("no Chromium (apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=launch_arguments())
        yield browser
        browser.close()


@pytest.fixture
def visit(stage: Stage, chromium: Browser) -> Iterator[Callable[..., Visitor]]:
    """Return a new person: `visit("ar", 390)`. At the end nobody may have a complaint."""
    visitors: list[Visitor] = []

    def arrive(language: str = "ar", width: int = 390, *, scripts: bool = True) -> Visitor:
        context = chromium.new_context(
            locale=LOCALES[language],
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            java_script_enabled=scripts,
        )
        context.set_default_timeout(10_000)
        visitors.append(Visitor(stage, context, context.new_page(), language).watch())
        return visitors[-1]

    yield arrive
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints]
    for visitor in visitors:
        visitor.context.close()
    assert complaints == []

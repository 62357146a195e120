"""A person with a browser: a window of some width, in some language, watched all the time."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

from tests.browser.stage import Stage
from tests.factories.accounts import PASSWORD
from tools.provision import axe_path

AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN_AXE = "async (tags) => (await axe.run(document, {runOnly: tags, resultTypes: ['violations']})).violations"
FIND_OVERFLOW = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const out = (e) => { const r = e.getBoundingClientRect(); return r.right > wide + 1 || r.left < -1; };
  const found = [...document.querySelectorAll("body *")].filter(out).map((e) => e.outerHTML.slice(0, 120));
  return [`${document.documentElement.scrollWidth} wide`, ...found];
}"""


@dataclass
class Visitor:
    """One person; `complaints` fills with what must never happen on a page."""

    stage: Stage
    context: BrowserContext
    page: Page
    language: str
    complaints: list[str] = field(default_factory=list)
    received_bytes: int = 0

    def watch(self) -> "Visitor":
        """Listen for requests to other hosts, refused scripts and styles, and server errors."""
        self.page.on("request", self._look_at_request)
        self.page.on("response", self._look_at_response)
        self.page.on("requestfinished", self._weigh)
        self.page.on("console", self._look_at_console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        return self

    def open(self, path: str) -> Response:
        """Open a page below the language, or an absolute path that starts with two slashes."""
        full = path[1:] if path.startswith("//") else f"/{self.language}{path}"
        answer = self.page.goto(self.stage.url + full)
        assert answer is not None
        return answer

    def sign_in(self, who: str) -> None:
        """Sign in through the page."""
        self.open("/sign-in")
        self.page.fill("[name=identifier]", self.stage.accounts[who].email or "")
        self.page.fill("[name=password]", PASSWORD)
        self.submit()
        assert "sign-in" not in self.page.url, self.page.locator("main").inner_text()

    def submit(self, button: str = "main form button.btn.wide") -> None:
        """Press the button of the form and wait for the page that answers."""
        with self.page.expect_navigation():
            self.page.click(button)

    def follow(self, link: str) -> None:
        """Follow the first such link and wait for its page."""
        with self.page.expect_navigation():
            self.page.locator(link).first.click()

    def axe_faults(self) -> list[str]:
        """Return what axe finds on the page at level AA."""
        path = axe_path()
        assert path is not None
        size = self.page.viewport_size
        assert size is not None
        # On a window as high as the page, a bar at its foot hides nothing half.
        height: int = self.page.evaluate("document.documentElement.scrollHeight")
        self.page.set_viewport_size({"width": size["width"], "height": max(size["height"], height)})
        found = self._with_axe(path)
        self.page.set_viewport_size(size)
        where = urlsplit(self.page.url).path
        return [
            f"{where}: {fault['id']} ({fault['impact']}) {node['target']} {node['html'][:120]}"
            for fault in found
            for node in fault["nodes"]
        ]

    def overflowing(self) -> list[str]:
        """Return what makes the page wider than its window."""
        found: list[str] = self.page.evaluate(FIND_OVERFLOW)
        return found

    def _with_axe(self, path: Path) -> list[dict[str, Any]]:
        # Our policy refuses scripts that are not ours; evaluated text is not subject to it.
        self.page.evaluate(path.read_text("utf-8"))
        found: list[dict[str, Any]] = self.page.evaluate(RUN_AXE, AA)
        return found

    def _look_at_request(self, request: Request) -> None:
        host = urlsplit(request.url).netloc
        if host and host != urlsplit(self.stage.url).netloc:
            self.complaints.append(f"other host: {request.url}")

    def _look_at_response(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status}: {response.url}")

    def _weigh(self, request: Request) -> None:
        sizes = request.sizes()
        self.received_bytes += sizes["responseBodySize"] + sizes["responseHeadersSize"]

    def _look_at_console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.complaints.append(f"policy: {message.text[:200]}")

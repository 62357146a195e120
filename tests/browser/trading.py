"""What happens at the event: a badge is shown, scanned and taken back; sales are made and summed."""

import io
import re
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from tests.browser.visitor import Visitor


def link_in(letter: EmailMessage, part: str) -> str:
    """Return the first address in a letter's plain text that contains some words."""
    body = letter.get_body(("plain",))
    assert body is not None
    found = re.search(rf"https?://\S*{part}[\w-]+", body.get_content())
    assert found, body.get_content()
    return urlsplit(found[0]).path


def show_badge(visitor: Visitor, address: str) -> str:
    """Open the badge on the phone and read its QR code as a camera does; return the text."""
    visitor.open("/" + address)
    assert visitor.axe_faults() == []
    picture = Image.open(io.BytesIO(visitor.page.screenshot(full_page=True)))
    codes = zxingcpp.read_barcodes(picture)
    assert len(codes) == 1
    return codes[0].text


def pdf_of(visitor: Visitor, address: str) -> bytes:
    """Return the badge as a file for printing."""
    answer = visitor.page.request.get(visitor.stage.url + address + "/badge.pdf")
    assert answer.headers["content-type"].startswith("application/pdf")
    return answer.body()


def scan(visitor: Visitor, slug: str, stop: str, code: str) -> str:
    """Type a code at the gate, as a hardware scanner does; return `yes`, `dup` or `deny`."""
    visitor.open(f"/gate?event={slug}&stop={stop}")
    visitor.page.fill("#code", code)
    visitor.page.press("#code", "Enter")
    return _verdict(visitor)


def scan_photo(visitor: Visitor, slug: str, stop: str, picture: Path) -> str:
    """Send a photo of the code instead; return the kind of the verdict."""
    visitor.open(f"/gate?event={slug}&stop={stop}")
    visitor.page.click("details.more summary")
    visitor.page.set_input_files("#photo", picture)
    visitor.page.click("#photo-scan button.btn.wide")
    return _verdict(visitor)


def _verdict(visitor: Visitor) -> str:
    found = visitor.page.wait_for_function(
        "() => document.querySelector('.sign') && document.body.className.match(/yes|dup|deny/)?.[0]"
    )
    return str(found.json_value())


def sell(visitor: Visitor, amount: str) -> None:
    """Record a sale at the till that is open."""
    visitor.page.fill("#amount", amount)
    visitor.submit("main form button.btn.wide")
    expect(visitor.page.locator("#sales li")).not_to_have_count(0)

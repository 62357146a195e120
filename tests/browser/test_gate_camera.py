"""The gate's camera: a QR code held before it is answered without a tap."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from fairapp.badges import codes
from fairapp.badges.routes.gate import JSQR
from tests.browser.conftest import launch_arguments
from tests.browser.stage import Stage
from tests.browser.visitor import Visitor
from tools.provision import browser_path

WIDE, HIGH = 640, 480
STATIC = Path(__file__).resolve().parents[2] / "fairapp" / "static"


def _film(text: str, path: Path) -> Path:
    """Write what a camera sees that a QR code is held before."""
    frame = Image.new("L", (WIDE, HIGH), 180)
    frame.paste(Image.open(io.BytesIO(codes.qr_png(text))).convert("L").resize((360, 360)), (140, 60))
    picture = b"FRAME\n" + frame.tobytes() + bytes([128]) * (WIDE * HIGH // 2)
    head = f"YUV4MPEG2 W{WIDE} H{HIGH} F10:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(head + picture * 5)
    return path


@pytest.mark.skipif(not (STATIC / JSQR).is_file(), reason="jsQR is not installed (python -m tools.vendor)")
def test_gate_answers_what_its_camera_sees(stage: Stage, chromium: Browser, tmp_path: Path) -> None:
    film = _film("V503 not a badge of ours", tmp_path / "camera.y4m")
    camera = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    # Two Playwrights do not go together: this browser is started by the one that runs.
    browser = chromium.browser_type.launch(
        executable_path=browser_path(), args=[*launch_arguments(), *camera]
    )
    context = browser.new_context(locale="ar-MA", viewport={"width": 390, "height": 844})
    gate = Visitor(stage, context, context.new_page(), "ar").watch()
    gate.sign_in("gate")
    gate.open("/gate?event=journey-fair&stop=S1")
    expect(gate.page.locator("body.gate.deny #verdict h1")).to_be_visible(timeout=20_000)
    gate.page.click("[data-next]")
    expect(gate.page.locator("#finder")).to_be_visible()
    assert gate.complaints == []
    browser.close()

"""The gate reads a badge with the phone's camera, here a film of the badge."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser

from fairapp import ROOT, create_app
from fairapp.badges.codes import qr_png
from fairapp.foundation.database import transaction
from tests.browser.conftest import launch_arguments
from tests.browser.stage import Stage
from tests.browser.visitor import Visitor
from tests.databases import disconnect
from tests.factories.badges import make_badge
from tools.provision import browser_path

DECODER = ROOT / "fairapp/static/vendor/jsQR.js"
WIDTH, HEIGHT, FRAMES = 640, 480, 10


def film(code: str, path: Path) -> Path:
    """Write a short film of a QR code on a grey wall, as a camera gives it (YUV 4:2:0)."""
    frame = Image.new("L", (DECODER = ROOT / "fairapp/static/vendor/jsQR.js"
WIDTH, HEIGHT), 190)
    picture = Image.open(io.BytesIO(qr_png(code))).convert("L").resize((320, 320))
    frame.paste(picture, (160, 80))
    colour = bytes([128]) * (WIDTH * HEIGHT // 2)
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode())
        for _ in range(FRAMES):
            file.write(b"FRAME\n" + frame.tobytes() + colour)
    return path


@pytest.fixture
def code(stage: Stage) -> str:
    """The QR text of a badge that is valid today."""
    app = create_app(stage.settings)
    with app.app_context(), transaction() as session:
        badge = make_badge(session, event=session.merge(stage.events["fair"], load=False), stand="C-1")
        text = badge.code
    disconnect(app)
    return text


@pytest.mark.skipif(not DECODER.exists(), reason="no decoder for the camera (npm, then python -m tools.vendor)")
def test_camera_reads_a_badge(stage: Stage, chromium: Browser, code: str, tmp_path: Path) -> None:
    path = film(code, tmp_path / "badge.y4m")
    with chromium.browser_type.launch(
        executable_path=browser_path(),
        args=[
            *launch_arguments(),
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={path}",
        ],
    ) as browser:
        context = browser.new_context(viewport={"width": 390, "height": 844}, permissions=["camera"])
        visitor = Visitor(stage, context, context.new_page(), "ar").watch()
        visitor.sign_in("gate")
        visitor.open("/gate?event=journey-fair&stop=S1")
        if visitor.page.locator("#camera").is_visible():
            visitor.page.click("#camera")
        visitor.page.wait_for_selector("body.gate.yes .sign", timeout=30_000)
        assert visitor.complaints == []

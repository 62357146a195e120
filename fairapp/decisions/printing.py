"""Letters as PDF, drawn from their facts alone: A4, Arabic and then French.

Texts go to typst as JSON strings, so nothing in them is ever evaluated. No date is written into the
file, so that the same facts give the same bytes. One compiler a thread: it cannot be shared.
"""

import json
import re
import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import fontpkg
import qrcode
import typst
from qrcode.constants import ERROR_CORRECT_M

from fairapp.decisions.domain.hashing import hash_of, short_hash
from fairapp.foundation.ids import show_reference

FONT = "IBM Plex Sans Arabic"
LANGUAGES = ("ar", "fr")
QUIET_ZONE = 4  # modules
_DARK = re.compile(rb"\x01+")  # a row of modules is bytes, 1 is dark
_HERE = Path(__file__).parent
_STAR = "M48 24l-7 7v10H31l-7 7-7-7H7V31l-7-7 7-7V7h10l7-7 7 7h10v10z"
_MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48">'
    f'<path fill="#f2ae2e" d="{_STAR}"/><path fill="none" stroke="#07392c" stroke-width="2.5"'
    ' stroke-linejoin="round" d="M11 11h26v26H11zM24 5.6L42.4 24 24 42.4 5.6 24z"/>'
    '<circle cx="24" cy="24" r="4" fill="#07392c"/></svg>'
)
_COLOURS = ("#f2ae2e", "#2f9c74", "#8d86f2", "#2f9c74")
_STARS = 60
_local = threading.local()


def draw_letters(letters: Sequence[Mapping[str, Any]]) -> bytes:
    """Return one PDF of letters, each given by its facts, all of the same template version."""
    version = letters[0]["template"] if letters else 1
    data = {
        "title": show_reference(letters[0]["reference"]) if letters else "",
        "mark": _MARK,
        "band": _band(),
        "letters": [_letter(facts) for facts in letters],
    }
    pdf: bytes = _compiler().compile(
        input=_template(version),
        sys_inputs={"letters": json.dumps(data, ensure_ascii=False)},
        format="pdf",
    )
    return pdf


def qr_svg(text: str) -> str:
    """Return a QR code as one SVG, quiet zone included."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE, mask_pattern=3)
    code.add_data(text)
    code.make(fit=True)
    rows = [bytes(row) for row in code.get_matrix()]
    path = "".join(
        f"M{run.start()} {y}h{run.end() - run.start()}v1H{run.start()}z"
        for y, row in enumerate(rows)
        for run in _DARK.finditer(row)
    )
    side = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="qr" width="132" height="132"'
        f' viewBox="0 0 {side} {side}"'
        f' role="img" aria-label="QR" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path}"/></svg>'
    )


def _letter(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "reference": show_reference(facts["reference"]),
        "short_hash": short_hash(hash_of(facts)),
        "qr": qr_svg(facts["check_url"]),
        "faces": [facts["words"][language] for language in LANGUAGES],
    }


@lru_cache(maxsize=4)
def _template(version: int) -> bytes:
    return (_HERE / f"letter_{int(version)}.typ").read_bytes()


@lru_cache(maxsize=1)
def _band() -> str:
    stars = "".join(
        f'<path fill="{_COLOURS[place % 4]}" transform="translate({place * 48 + 4} 4) scale(.84)"'
        f' d="{_STAR}"/>'
        for place in range(_STARS)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_STARS * 48} 48">{stars}</svg>'


def _compiler() -> Any:
    if not hasattr(_local, "compiler"):
        folder = str(Path(str(fontpkg.path(FONT))).parent)
        _local.compiler = typst.Compiler(font_paths=[folder], ignore_system_fonts=True)
    return _local.compiler

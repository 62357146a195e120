"""Icons and pictograms, drawn inline from `static/icons/icons.svg` (DESIGN 8)."""

import re
from functools import lru_cache
from pathlib import Path

from flask import Flask
from markupsafe import Markup

_FILE = Path(__file__).resolve().parent.parent / "static" / "icons" / "icons.svg"
_SYMBOL = re.compile(r'<symbol id="([^"]+)" viewBox="([^"]+)">(.*?)</symbol>', re.DOTALL)
MIRRORED = frozenset({"arrow", "chev", "truck", "send", "undo", "list"})  # they point somewhere


@lru_cache(maxsize=1)
def _symbols() -> dict[str, tuple[str, str]]:
    return {name: (box, body) for name, box, body in _SYMBOL.findall(_FILE.read_text("utf-8"))}


@lru_cache(maxsize=512)
def icon(name: str, cls: str = "") -> Markup:
    """Return an icon of the set, hidden from readers, mirrored in Arabic where it points.

    Raises: KeyError, for a name that the set does not have.
    """
    box, body = _symbols()[f"i-{name}"]
    classes = " ".join(filter(None, ("i", "flip" if name in MIRRORED else "", cls)))
    return _drawing(classes, box, body)


@lru_cache(maxsize=128)
def picto(name: str, cls: str = "") -> Markup:
    """Return a pictogram of a product.

    Raises: KeyError, for a name that the set does not have.
    """
    box, body = _symbols()[f"p-{name}"]
    return _drawing(" ".join(filter(None, ("picto", cls))), box, body)


def _drawing(classes: str, box: str, body: str) -> Markup:
    opening = Markup('<svg class="{}" viewBox="{}" aria-hidden="true">').format(classes, box)
    return opening + Markup(body) + Markup("</svg>")  # noqa: S704 - our own file


def init_drawings(app: Flask) -> None:
    """Give the templates `icon()` and `picto()`."""
    app.jinja_env.globals.update(icon=icon, picto=picto)

"""Templates without inline style or script; styles that work in both directions."""

import re

import pytest

from tests.guards.source import ROOT

LETTERS = ("templates/mail/", "templates/messages/letter.html")  # mail programs know inline styles only
TEMPLATES = sorted(
    str(path.relative_to(ROOT))
    for path in (ROOT / "templates").rglob("*.html")
    if not str(path.relative_to(ROOT)).startswith(LETTERS)
)
STYLES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "fairapp/static").rglob("*.css"))

INLINE = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*="),
    "style element": re.compile(r"<style\b"),
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>"),
    "event attribute": re.compile(r"<[^>]*\son[a-z]+\s*="),
    "javascript address": re.compile(r"javascript:"),
    "other host": re.compile(r"(?:\bsrc|<link[^>]*\bhref)=\"(?:https?:)?//"),
}
PHYSICAL = re.compile(
    r"(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)\b"
    r"|border-(?:top|bottom)-(?:left|right)-radius"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)\b"
    r"|(?<![\w-])(?:left|right)\s*:"
)
# Number columns keep their units in line in every language.
ALLOWED = {"& .n{text-align:right}", "& b{text-align:right}"}


@pytest.mark.parametrize("template", TEMPLATES)
def test_template_has_nothing_inline(template: str) -> None:
    text = (ROOT / template).read_text("utf-8")
    text = re.sub(r"{#.*?#}|{{.*?}}|{%.*?%}", "x", text, flags=re.DOTALL)
    found = {what: pattern.findall(text) for what, pattern in INLINE.items()}
    assert {what: places for what, places in found.items() if places} == {}


@pytest.mark.parametrize("style", STYLES)
def test_style_is_logical(style: str) -> None:
    text = re.sub(r"/\*.*?\*/", "", (ROOT / style).read_text("utf-8"), flags=re.DOTALL)
    for allowed in ALLOWED:
        text = text.replace(allowed, "")
    assert PHYSICAL.findall(text) == []


@pytest.mark.parametrize("style", STYLES)
def test_style_loads_nothing_from_elsewhere(style: str) -> None:
    assert re.findall(r"url\(\s*['\"]?(?:https?:)?//|@import", (ROOT / style).read_text("utf-8")) == []

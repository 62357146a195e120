"""Every form of the application, found as a browser finds it, and filled with what people and attackers type.

Pages are those of `access.toml` and what they link to, opened as each caller of `world.py`, and the pages
of a registration that is being filled in. A post is judged by what any form must hold (promises A11, B62):
no failure, an answer in time, and after a refusal everything typed still there, told in one summary.
"""

import io
import random
import re
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from fairapp.foundation.text import clean, western_digits

SLOWEST_S = 2.0
_TYPED = (
    "text",
    "tel",
    "email",
    "search",
    "url",
    "number",
    "date",
    "time",
    "datetime-local",
    "password",
    "textarea",
)
_SECRET = re.compile("password|passcode|^code$|secret|csrf")
_VOID = {"input", "br", "img", "meta", "link", "hr", "source", "path", "circle", "rect", "use", "line"}
_LET_GO = {"q"}  # what is looked for is not what is written down


@dataclass
class Input:
    """One field of a form: its name, kind, and the values it holds or offers."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)
    is_on: bool = False


@dataclass
class FoundForm:
    """A form on a page, with where it is sent."""

    action: str
    method: str
    is_multipart: bool
    inputs: list[Input] = field(default_factory=list)
    html_id: str = ""

    @property
    def typed(self) -> list[Input]:
        """Fields into which people type."""
        return [one for one in self.inputs if one.kind in _TYPED]


class Page(HTMLParser):
    """What the harness sees of a page: forms, links, title, summary, ids, `required`."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[FoundForm] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.title = ""
        self.required: list[str] = []
        self.summaries = 0
        self.summary_links: list[str] = []
        self.notes: list[str] = []
        self._loose: list[tuple[str, Input]] = []
        self._form: FoundForm | None = None
        self._select: Input | None = None
        self._textarea: Input | None = None
        self._in_title = False
        self._summary_depth = 0
        self._flash_depth = 0
        self.feed(html)
        self.close()
        for form_id, one in self._loose:
            for form in self.forms:
                if form.html_id == form_id:
                    form.inputs.append(one)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note what opens."""
        has = {name: value or "" for name, value in attributes}
        self.ids |= {has["id"]} if "id" in has else set()
        self.required += [has.get("name", tag)] if "required" in has else []
        self._note_depth(tag, has)
        if tag == "title":
            self._in_title = True
        elif tag == "a" and "href" in has:
            self.links.append(has["href"])
            self.summary_links += [has["href"]] * bool(self._summary_depth)
        elif tag == "form":
            self._open_form(has)
        elif tag in ("input", "button", "select", "textarea"):
            self._open_field(tag, has)
        elif tag == "option" and self._select is not None:
            self._select.options.append(has.get("value", ""))
            self._select.value = has.get("value", "") if "selected" in has else self._select.value

    def _open_form(self, has: dict[str, str]) -> None:
        method, is_multipart = has.get("method", "get").lower(), "multipart" in has.get("enctype", "")
        self._form = FoundForm(has.get("action", ""), method, is_multipart, html_id=has.get("id", ""))
        self.forms.append(self._form)

    def _note_depth(self, tag: str, has: dict[str, str]) -> None:
        classes = has.get("class", "").split()
        if tag not in _VOID:
            if self._summary_depth:
                self._summary_depth += 1
            elif "errors" in classes and has.get("role") == "alert":
                self.summaries += 1
                self._summary_depth = 1
            if self._flash_depth:
                self._flash_depth += 1
            elif "flashes" in classes:
                self._flash_depth = 1
        if self._flash_depth and "note" in classes:
            self.notes.append(" ".join(classes))

    def _open_field(self, tag: str, has: dict[str, str]) -> None:
        name = has.get("name", "")
        kind = has.get("type", "submit" if tag == "button" else "text") if tag in ("input", "button") else tag
        one = Input(name, kind, has.get("value", ""), is_on="checked" in has)
        if tag == "select":
            self._select = one
        if tag == "textarea":
            self._textarea = one
        if not name or "disabled" in has:
            return
        if "form" in has:
            self._loose.append((has["form"], one))
        elif self._form is not None:
            self._form.inputs.append(one)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Treat `<path/>` as closed at once."""
        if tag in ("input",):
            self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        """Note what closes."""
        if tag in _VOID:
            return
        self._summary_depth = max(0, self._summary_depth - 1)
        self._flash_depth = max(0, self._flash_depth - 1)
        if tag == "title":
            self._in_title = False
        elif tag == "form":
            self._form = None
        elif tag == "select":
            if self._select is not None and not self._select.value and self._select.options:
                self._select.value = self._select.options[0]
            self._select = None
        elif tag == "textarea":
            if self._textarea is not None:
                self._textarea.value = self._textarea.value.removeprefix("\n")
            self._textarea = None

    def handle_data(self, data: str) -> None:
        """Collect the title and what stands in a textarea."""
        if self._in_title:
            self.title += data
        if self._textarea is not None:
            self._textarea.value += data


@dataclass
class Target:
    """A form to fill: on which page, as whom, with which cookies."""

    who: str
    page: str
    endpoint: str
    form: FoundForm
    url: str
    cookies: dict[Any, Any]

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two forms the same for the harness."""
        names = sorted({re.sub(r"\d+", "0", one.name) for one in self.form.inputs if one.kind != "hidden"})
        return self.endpoint, tuple(names)


class Browser:
    """A caller's browser; each request comes with the cookies it was opened with."""

    def __init__(self, app: Flask, who: str, cookies: dict[Any, Any]) -> None:
        self.app, self.who, self.cookies = app, who, cookies

    def client(self) -> FlaskClient:
        """Return a client with a copy of the cookies."""
        client = self.app.test_client()
        client._cookies = dict(self.cookies)
        return client


def endpoint_of(app: Flask, url: str, method: str) -> str | None:
    """Return the endpoint that answers at a path, if any."""
    try:
        matched = app.url_map.bind("localhost").match(urlsplit(url).path, method=method)
    except HTTPException:
        return None
    endpoint: str = matched[0]
    part = str({name: matched[1].get(name) for name in ("part", "step") if name in matched[1]} or "")
    return f"{endpoint}{part}"


def crawl(browser: Browser, starts: list[str], *, most: int) -> Iterator[Target]:
    """Open pages and what they link to, one of each kind, and yield their forms."""
    waiting, seen = list(starts), set[str]()
    while waiting and len(seen) < most:
        url = waiting.pop(0)
        kind = endpoint_of(browser.app, url, "GET")
        if kind is None or kind in seen or kind.startswith(("static", "messages_plain", "web_plain")):
            continue
        seen.add(kind)
        client = browser.client()
        answer = client.get(url, follow_redirects=True)
        answer.close()
        if answer.status_code >= 500:
            raise AssertionError(f"{browser.who} GET {url}: {answer.status_code}")
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        here = answer.request.full_path.rstrip("?")
        page = Page(answer.get_data(as_text=True))
        yield from _targets(browser, page, here, client)
        waiting += [
            urljoin(here, link).partition("#")[0]
            for link in page.links
            if urljoin(here, link).startswith("/en/")
        ]


def _targets(browser: Browser, page: Page, here: str, client: FlaskClient) -> Iterator[Target]:
    for form in page.forms:
        url = urljoin(here, form.action) if form.action else here
        endpoint = endpoint_of(browser.app, url, "POST")
        if form.method == "post" and endpoint is not None:
            yield Target(browser.who, here, endpoint, form, url, dict(client._cookies or {}))


_PLAIN: dict[str, list[str]] = {
    "email": ["someone@people.example"],
    "date": ["2027-06-01"],
    "time": ["18:30"],
    "number": ["3"],
    "tel": ["0612345678"],
    "password": ["souk of the mountains 7"],
}
_HOSTILE = (
    "",
    "   ",
    "x" * 300,
    "كلمة " * 1_500,
    "y" * 60_000,
    "abc",
    "-1",
    "0",
    "12.5",
    "12,5",
    "1e999",
    "NaN",
    "Infinity",
    "99999999999999999999999",
    "2147483648",
    "9223372036854775808",
    "٠١٢٣٤٥٦٧٨٩",
    "  ٠٦ ١٢ ٣٤ ٥٦ ٧٨  ",
    "۱۲",
    "²",
    "½",
    "0000-00-00",
    "9999-12-31",
    "2027-02-30",
    "٢٠٢٧-٠٦-٠١",
    "01/06/2027",
    "25:61",
    "24:00",
    "a\x00b",
    "\x00",
    "\x0b\x1b[31m",
    "\u202eتعاونية\u202c abc",
    "\u2066\u2067\u2068\u2069\u200e\u200f\u061c",
    "ABC (شركة) 12",
    "\ud800",
    "\ufffe\uffff",
    "\U0001f4a5" * 20,
    "é" * 200,
    "ﷺ" * 100,
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}{% raw %}",
    "%s %(name)s %d {0} {name}",
    "100 %",
    "'; DROP TABLE events; --",
    "../../etc/passwd",
    "__class__",
    "=1+1",
    "a\r\nb\nc",
    "\t tab \t",
    "null",
    "None",
    "[]",
    "{}",
    "true",
    "K7QM-4T2X",
    "http://example.org/" + "a/" * 200,
    "a@b",
    "@",
    "a b@c.ma",
    "+212612345678",
    "00212 6 12-34-56-78",
    " \u00a0\u2003نص\u00a0 ",
)


@dataclass
class Post:
    """A post: its pairs and files, and which typed fields hold what."""

    pairs: list[tuple[str, str]]
    files: list[tuple[str, bytes, str]]
    is_only_typed: bool


def plain_value(one: Input, chance: random.Random) -> str:
    """Return what an honest person may write into a field."""
    if one.value and one.kind != "password":
        return one.value
    if one.kind in _PLAIN:
        return chance.choice(_PLAIN[one.kind])
    name = one.name
    for word, values in (
        ("phone", ["0612345678"]),
        ("email", ["someone@people.example"]),
        ("ice", ["001561191000066", ""]),
        ("women", ["2"]),
        ("youth", ["1"]),
        ("_on", ["2027-06-01"]),
        ("members", ["12"]),
        ("_at", ["18:30"]),
        ("width", ["3"]),
        ("slug", [f"event-{chance.randint(1, 10**6)}"]),
    ):
        if word in name:
            return chance.choice(values)
    return chance.choice(["تعاونية النور", "Coopérative Nour", "3", "نص with words"])


def fill(form: FoundForm, chance: random.Random) -> list[tuple[Input, str]]:
    """Fill a form as an honest person might."""
    filled: list[tuple[Input, str]] = []
    choices: dict[tuple[str, str], list[Input]] = {}
    for one in form.inputs:
        if one.kind in ("radio", "checkbox", "submit"):
            choices.setdefault((one.kind, one.name), []).append(one)
        elif one.kind == "select":
            offered = [value for value in one.options if value] or one.options
            filled.append((one, one.value if one.value else chance.choice(offered or [""])))
        elif one.kind in _TYPED:
            filled.append((one, plain_value(one, chance)))
        elif one.kind == "hidden":
            filled.append((one, one.value))
    for (kind, _name), found in choices.items():
        filled += [(one, one.value or "on") for one in _picked(kind, found, chance)]
    return filled


def _picked(kind: str, found: list[Input], chance: random.Random) -> list[Input]:
    if kind == "submit":  # else by a button without a name
        return [chance.choice(found)] if chance.random() < 0.6 else []
    if kind == "radio":
        return [chance.choice(found)]
    if len(found) == 1:
        return [one for one in found if one.is_on or chance.random() < 0.6]
    return chance.sample(found, chance.randint(1, min(3, len(found))))


def make_post(form: FoundForm, chance: random.Random) -> Post:
    """Return a post of a form: mostly one field is odd, sometimes several, all, or some are left out."""
    filled = fill(form, chance)
    is_only_typed = True
    typed = [place for place, (one, _value) in enumerate(filled) if one.kind in _TYPED]
    others = [place for place in range(len(filled)) if place not in typed]
    draw = chance.random()
    odd = {chance.choice(typed)} if typed else set()
    if draw > 0.5 and typed:
        odd = set(chance.sample(typed, chance.randint(1, len(typed))))
    if draw > 0.85 and others:
        odd |= set(chance.sample(others, chance.randint(1, len(others))))
        is_only_typed = False
    for place in odd:
        filled[place] = (filled[place][0], _hostile(chance))
    if draw < 0.06 and filled:
        del filled[chance.randrange(len(filled))]
        is_only_typed = False
    pairs = [(one.name, value) for one, value in filled]
    if draw > 0.95:
        pairs += [("unknown", _hostile(chance)), *pairs[:3]]
        is_only_typed = False
    files = [(one.name, *_file(chance)) for one in form.inputs if one.kind == "file"]
    return Post(pairs, files, is_only_typed)


def _hostile(chance: random.Random) -> str:
    return chance.choice(_HOSTILE) if chance.random() < 0.9 else _any_text(chance)


def _any_text(chance: random.Random) -> str:
    return "".join(chr(chance.choice((chance.randrange(0x80), chance.randrange(0x3000)))) for _ in range(30))


def _file(chance: random.Random) -> tuple[bytes, str]:
    content = chance.choice(
        (b"", b"x", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7", b"PK\x03\x04", bytes(range(256)), b"a;b\n1;2\n")
    )
    return content, chance.choice(("", "a.csv", "../../a.png", "صورة.jpg", "x" * 300 + ".pdf"))


def send(app: Flask, target: Target, post: Post) -> tuple[TestResponse | None, float, str]:
    """Send a post; return the answer, the seconds of work it took, and where it broke, if it did."""
    client = Browser(app, target.who, target.cookies).client()
    began = time.thread_time()
    try:
        if target.form.is_multipart:
            data: dict[str, object] = {}
            for name, value in post.pairs:
                kept = data.setdefault(name, [])
                assert isinstance(kept, list)
                kept.append(value.encode("utf-8", "replace").decode())
            for name, content, filename in post.files:
                data[name] = [(io.BytesIO(content), filename)] if filename else [""]
            answer = client.post(target.url, data=data, content_type="multipart/form-data")
        else:
            body = urlencode(post.pairs, encoding="utf-8", errors="surrogatepass")
            answer = client.post(target.url, data=body, content_type="application/x-www-form-urlencoded")
        answer.get_data()
    except Exception as error:
        frames = [
            frame for frame in traceback.extract_tb(error.__traceback__) if "/fairapp/" in frame.filename
        ]
        where = f"{frames[-1].filename.partition('/fairapp/')[2]}:{frames[-1].lineno}" if frames else "?"
        return None, time.thread_time() - began, f"{type(error).__name__} at {where}: {str(error)[:200]}"
    return answer, time.thread_time() - began, ""


def judge(app: Flask, target: Target, post: Post) -> Iterator[str]:
    """Yield what is wrong with the answer to a post."""
    answer, took_s, broken = send(app, target, post)
    if answer is None:
        yield f"5xx, {broken}"
        return
    text = answer.get_data().decode("utf-8", "replace")
    answer.close()
    yield from _plain_faults(post, text, answer.status_code)
    if took_s > SLOWEST_S:
        yield f"took {took_s:.1f} s"
    if answer.mimetype == "text/html" and answer.status_code in (409, 422):
        yield from _refusal(target, post, Page(text), answer.status_code)
    if answer.status_code in (302, 303):
        yield from _after_redirect(app, target, post, answer)


def _plain_faults(post: Post, text: str, status: int) -> Iterator[str]:
    if status >= 500:
        yield f"answered {status}"
    if status in (400, 405) and not _is_too_large(post):
        yield f"answered {status}: what was typed is lost"
    if status in (403, 404, 413) and post.is_only_typed and not _is_too_large(post):
        yield f"answered {status} to typed text: it is lost"
    if "Traceback (most recent call last)" in text:
        yield "shows a traceback"
    if "<script>alert(" in text or "<img src=x onerror" in text:
        yield "prints typed text as HTML"


def _is_too_large(post: Post) -> bool:
    return sum(len(value) for _name, value in post.pairs) > 100_000


def _refusal(target: Target, post: Post, page: Page, status: int) -> Iterator[str]:
    if page.required:
        yield f"has required attributes: {page.required[:3]}"
    same = [
        form
        for form in page.forms
        if {one.name for one in target.form.typed} <= {one.name for one in form.inputs}
    ]
    if not same:
        if target.form.typed and any(_is_kept(one.name) for one in target.form.typed) and status == 422:
            yield "422 without the form: what was typed is lost"
        return
    if status == 422:
        if not page.title.startswith("Error:"):
            yield f"422 whose title does not start with the word: {page.title[:40]!r}"
        if page.summaries != 1:
            yield f"422 with {page.summaries} summaries"
        dead = [link for link in page.summary_links if not link.startswith("#") or link[1:] not in page.ids]
        if dead:
            yield f"summary links to nothing: {dead[:3]}"
    yield from _lost(target, post, same)


def _lost(target: Target, post: Post, forms: list[FoundForm]) -> Iterator[str]:
    typed = {one.name for one in target.form.typed if _is_kept(one.name) and one.kind != "password"}
    names = [name for name, _value in post.pairs]
    for name, value in post.pairs:
        if name not in typed or names.count(name) > 1:
            continue
        shown = [one.value for form in forms for one in form.inputs if one.name == name]
        if shown and all(canon(value) != canon(one) for one in shown):
            yield f"lost what was typed into {name}: {value[:40]!r} became {shown[0][:40]!r}"


def _is_kept(name: str) -> bool:
    return not _SECRET.search(name.rpartition("-")[2]) and name not in _LET_GO


def canon(text: str) -> str:
    """Return text as the application may clean it: no controls, marks or doubled spaces, plain digits."""
    kept = re.sub("[\ufffd?\ufffe\uffff\r\ud800]", "", text.replace("%ED%A0%80", ""))
    return " ".join(western_digits(clean(kept)).split())


def _after_redirect(app: Flask, target: Target, post: Post, answer: TestResponse) -> Iterator[str]:
    typed = [
        (one.name, value)
        for one in target.form.typed
        for name, value in post.pairs
        if name == one.name and len(canon(value)) > 12 and _is_kept(name) and one.kind != "password"
    ]
    if not typed:
        return
    client = Browser(app, target.who, target.cookies).client()
    for cookie in answer.headers.getlist("Set-Cookie"):
        name, _, rest = cookie.partition("=")
        client.set_cookie(name, rest.partition(";")[0])
    try:
        shown = client.get(answer.location, follow_redirects=True)
        shown.close()
    except Exception as error:
        yield f"the page after it broke: {type(error).__name__}"
        return
    if shown.status_code >= 500:
        yield f"the page after it answered {shown.status_code}"
    page = Page(shown.get_data(as_text=True)) if shown.mimetype == "text/html" else None
    if page is not None and any(set(note.split()) & {"no"} for note in page.notes):
        text = shown.get_data(as_text=True)
        lost = [name for name, value in typed if canon(value)[:12] not in canon(text)]
        if lost:
            yield f"refused by a redirect, which loses {lost[:3]}"


def walk(browser: Browser, start: str, *, most: int, chance: random.Random) -> list[str]:
    """Fill in one page after the other as an honest person; return the pages that were reached."""
    client = browser.client()
    answer = client.get(start, follow_redirects=True)
    reached: list[str] = []
    for _step in range(most):
        here = answer.request.full_path.rstrip("?")
        reached.append(here)
        page = Page(answer.get_data(as_text=True))
        forms = [form for form in page.forms if form.method == "post" and "sign-out" not in form.action]
        if not forms:
            break
        form = max(forms, key=lambda found: len(found.inputs))
        moved = False
        for _try in range(25):
            filled = [(one.name, value) for one, value in fill(form, chance)]
            url = urljoin(here, form.action) if form.action else here
            answer = client.post(
                url,
                data=urlencode(filled, encoding="utf-8"),
                content_type="application/x-www-form-urlencoded",
            )
            if answer.status_code in (302, 303):
                answer = client.get(answer.location, follow_redirects=True)
                moved = True
                break
        if not moved:
            break
    browser.cookies = dict(client._cookies or {})
    return reached

"""Where a page leads: the places of the reader's roles, and the same page in other languages.

The paths are those of the contract; a place is offered when this instance answers there.
"""

from dataclasses import dataclass, replace

from flask import Flask, request, url_for
from flask.globals import request_ctx
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BuildError

from fairapp.audit.domain import GUEST, Actor, Role
from fairapp.web.access import current_actor
from fairapp.web.i18n import LANGUAGE_NAMES, LOCALES, current_language


@dataclass(frozen=True, slots=True)
class Place:
    """One link of the navigation. `is_current` when the reader is inside it."""

    label: str
    url: str
    is_current: bool = False
    icon: str | None = None


_PUBLIC = (
    (_l("Fairs and markets"), "/"),
    (_l("Track a registration"), "/track"),
    (_l("Help"), "/help"),
)
_WORK = (
    (Role.COOPERATIVE, _l("My cooperative"), "/cooperative/", None),
    (Role.DESK_AGENT, _l("Registrations"), "/desk/", None),
    (Role.ORGANIZER, _l("My events"), "/organizer/", None),
    (Role.ORGANIZER, _l("Directory"), "/organizer/directory/", None),
    (Role.DESK_AGENT, _l("Directory"), "/organizer/directory/", None),
    (Role.REVIEWER, _l("To score"), "/reviewer/", None),
    (Role.OFFICIAL, _l("Figures"), "/official/", None),
    (Role.ADMINISTRATOR, _l("Administration"), "/admin/", None),
    (Role.GATE, _l("Gate"), "/gate", "scan"),
    (Role.COOPERATIVE, _l("Sales"), "/till", None),
)
_FOOTER = (
    (_l("Help"), "/help"),
    (_l("Statistics"), "/statistics"),
    (_l("Open data"), "/open-data"),
    (_l("Protection of personal data"), "/privacy"),
    (_l("Accessibility"), "/accessibility"),
)
_ABOVE = {Role.ORGANIZER: Role.ADMINISTRATOR}  # administrators may whatever organizers may


def answers(path: str, method: str = "GET") -> bool:
    """Tell whether some page of this instance answers at a path."""
    adapter = request_ctx.url_adapter
    return adapter is not None and adapter.test(path, method)


def has_endpoint(endpoint: str) -> bool:
    """Tell whether this instance has an endpoint, so that a template may link to it."""
    adapter = request_ctx.url_adapter
    return adapter is not None and endpoint in adapter.map._rules_by_endpoint


def main_places() -> list[Place]:
    """Return the links of the masthead: public ones for guests, the places of their roles for others."""
    actor = current_actor()
    if actor == GUEST:
        return [place for label, path in _PUBLIC if (place := _place(label, path))]
    work = [
        place
        for role, label, path, sign in _WORK
        if _holds(actor, role) and (place := _place(label, path, sign))
    ]
    public = [place for label, path in _PUBLIC if path != "/track" and (place := _place(label, path))]
    return _innermost(list(dict.fromkeys(work)) + public)


def _innermost(places: list[Place]) -> list[Place]:
    """Let only the innermost place be the current one: the directory lies below the organizer's events."""
    inside = max((place.url for place in places if place.is_current), key=len, default="")
    return [replace(place, is_current=place.url == inside) for place in places]


def footer_places() -> list[Place]:
    """Return the links of the footer."""
    return [place for label, path in _FOOTER if (place := _place(label, path))]


def account_place() -> Place | None:
    """Return the link to the sign-in for guests, to their account for others."""
    if current_actor() == GUEST:
        return _place(_l("Sign in"), "/sign-in", "user")
    return _place(_l("My account"), "/account", "user") or _place(_l("My account"), "/account/", "user")


def language_places() -> list[tuple[str, str, str]]:
    """Return (language, its own name, address of this page in it) for the other languages."""
    return [
        (language, LANGUAGE_NAMES[language], _here_in(language))
        for language in LOCALES
        if language != current_language()
    ]


def _holds(actor: Actor, role: Role) -> bool:
    return actor.has_role(role) or (role in _ABOVE and actor.has_role(_ABOVE[role]))


def _place(label: object, path: str, sign: str | None = None) -> Place | None:
    url = f"/{current_language()}{path}"
    if not answers(url):
        return None
    if path == "/":
        is_current = request.path == url or request.path.startswith(f"{url}events/")
    else:
        is_current = request.path.startswith(url.rstrip("/"))
    return Place(str(label), url, is_current, sign)


def _here_in(language: str) -> str:
    home = f"/{language}/"
    adapter = request_ctx.url_adapter
    if adapter is None or request.endpoint is None:
        return home
    try:
        values = {**request.args.to_dict(), **(request.view_args or {}), "lang": language}
        url = url_for(request.endpoint, **values)
    except (BuildError, HTTPException):
        return home
    path = url.partition("?")[0]
    return url if path.startswith(home.rstrip("/")) and adapter.test(path, "GET") else home


def page_url(number: int) -> str:
    """Return the address of another page of the list that is shown, its filters kept."""
    values = {**request.args.to_dict(flat=False), **(request.view_args or {}), "page": number}
    return url_for(request.endpoint or "", **values)


def page_numbers(page: int, pages: int) -> list[int | None]:
    """Return the numbers a pager shows: first, last and neighbours; None stands for a gap."""
    shown = sorted({1, pages, *range(max(1, page - 1), min(pages, page + 1) + 1)})
    numbers: list[int | None] = []
    for before, number in zip([0, *shown], shown, strict=False):
        if number - before > 1:
            numbers.append(None)
        numbers.append(number)
    return numbers


def init_navigation(app: Flask) -> None:
    """Give the templates the links that every page carries."""
    app.jinja_env.globals.update(
        main_places=main_places,
        footer_places=footer_places,
        account_place=account_place,
        language_places=language_places,
        has_endpoint=has_endpoint,
        answers=answers,
        page_url=page_url,
        page_numbers=page_numbers,
    )

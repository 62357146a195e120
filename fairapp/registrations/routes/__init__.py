"""Pages of registrations: the journey and its receipt, tracking, the queue and the review, homes."""

from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, render_template
from flask_babel import force_locale

from fairapp.events.counts import Count, offer_count
from fairapp.registrations.merging import offer_registrations
from fairapp.registrations.queries.single import registered_cooperatives
from fairapp.web.i18n import LOCALES

pages = Blueprint("registrations", __name__)


def _offer(app: Any) -> None:
    offer_count(app, Count.REGISTRATIONS, registered_cooperatives)
    offer_registrations(app)
    catalogue.offer_parts(app)


pages.record_once(lambda state: _offer(state.app))


@pages.after_request
def keep_private(response: Response) -> Response:
    """Keep answers and decisions out of caches: phones are shared."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response


@pages.app_template_filter("from_iso")
def from_iso(text: str) -> date | datetime:
    """Return the day or the instant of an ISO text, for letters whose values are plain JSON."""
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


@pages.app_template_global("in_language")
def in_language(language: str, template: str, **values: object) -> str:
    """Render a small template in another language, for letters that say it twice."""
    with force_locale(LOCALES[language]):
        return render_template(template, **values).strip()


from fairapp.registrations.routes import (  # noqa: E402, F401 - their views join the blueprint
    asking,
    bulk,
    catalogue,
    confirming,
    desk,
    desk_shown,
    details,
    documents,
    edits,
    home,
    journey,
    members,
    papers,
    prints,
    queue,
    receipt,
    resume,
    review,
    tracking,
)

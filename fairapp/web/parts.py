"""Parts of a page that features above it fill.

Features point downwards, so the page of a registration cannot ask who scored it. Whoever knows
more offers a part when the application is put together: a template and a reader for its values.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import Flask, current_app
from sqlalchemy.orm import Session

# Takes the session and what the page is about; None: the part is not shown.
PartReader = Callable[[Session, Any], dict[str, Any] | None]
_EXTENSION = "page_parts"


class PartOf(StrEnum):
    """Pages that take parts, and what their readers are given."""

    EVENT = "event"  # the public page of an event: the event, with its stops
    TRACKED = "tracked"  # a cooperative's page of its registration: the whole registration
    REVIEW = "review"  # the organizer's page of a registration: the whole registration
    REVIEW_ASIDE = "review_aside"  # the same, beside the decision
    BULK = "bulk"  # what a bulk decision would do: (event, {registration id: its state after it})
    COOPERATIVE = "cooperative"  # the card of a cooperative in the directory: the cooperative
    OVERVIEW = "overview"  # the organizer's next steps for an event (list items): the event, with its stops


@dataclass(frozen=True, slots=True)
class Part:
    """A part to show: its template is included with `part.values`."""

    template: str
    values: dict[str, Any]


def offer_part(app: Flask, page: PartOf, template: str, reader: PartReader, *, order: int = 50) -> None:
    """Offer a part of a page; parts with a smaller order come first."""
    offered = app.extensions.setdefault(_EXTENSION, {}).setdefault(page, [])
    offered.append((order, template, reader))
    offered.sort(key=lambda part: (part[0], part[1]))


def parts_of(session: Session, page: PartOf, subject: Any) -> list[Part]:
    """Return the parts of a page that have something to show, in order."""
    offered = current_app.extensions.get(_EXTENSION, {}).get(page, ())
    read = ((template, reader(session, subject)) for _order, template, reader in offered)
    return [Part(template, values) for template, values in read if values is not None]

"""Counts on public pages that features above know: registrations, stands, published reports.

Features point downwards, so this one cannot ask them. They offer a reader under a name when
the application is put together; without a reader the page leaves the count out.
"""

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum

from flask import Flask, current_app
from sqlalchemy.orm import Session

CountReader = Callable[[Session, Collection[int]], Mapping[int, int]]
_EXTENSION = "event_counts"


class Count(StrEnum):
    """What may be counted, by the id of an event or of a stop."""

    REGISTRATIONS = "registrations"  # by event: distinct cooperatives, the withdrawn included
    STANDS = "stands"  # by stop: stands for exhibitors
    FREE_STANDS = "free_stands"  # by stop: those that nobody holds
    REPORTS = "reports"  # by event: published revisions of its figures
    ACCEPTED = "accepted"  # by event: distinct cooperatives
    PRESENT = "present"  # by event: distinct cooperatives scanned at an entrance
    REPORTED = "reported"  # by event: distinct cooperatives with a sale or a day report
    WAITING = "waiting"  # by event: registrations that wait for a decision
    SCORES = "scores"  # by event: registrations that somebody has scored
    RUNS = "runs"  # by event: recorded rankings, which the seed of the draw is part of
    WITHOUT_STAND = "without_stand"  # by stop: accepted registrations that hold no stand there


def offer_count(app: Flask, name: Count, reader: CountReader) -> None:
    """Offer a count. The reader takes ids and answers in one query; absent ids count nothing."""
    app.extensions.setdefault(_EXTENSION, {})[name] = reader


def read_counts(session: Session, name: Count, ids: Collection[int]) -> Mapping[int, int]:
    """Return the offered counts by id; empty when no feature offers them."""
    reader: CountReader | None = current_app.extensions.get(_EXTENSION, {}).get(name)
    return reader(session, ids) if reader and ids else {}


def offered_counts() -> frozenset[Count]:
    """Return which counts this instance knows; the others are left out, never shown as zero."""
    return frozenset(current_app.extensions.get(_EXTENSION, {}))

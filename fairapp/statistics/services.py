"""Publishing an event's figures, and taking a publication back by a further revision."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.decisions.queries.appeals import appeal_counts
from fairapp.events.models import Event
from fairapp.events.queries import chain_of, event_for
from fairapp.foundation.clock import local_date
from fairapp.statistics.domain.disclosure import Hidden, cells_to_hide
from fairapp.statistics.domain.publication import official_figures, public_figures
from fairapp.statistics.errors import EventNotBegun, NothingPublished
from fairapp.statistics.models import PublishedReport
from fairapp.statistics.queries import national, reports
from fairapp.turnover.queries.event import event_turnover

ACTION = "statistics.publish"


def publish_report(session: Session, *, actor: Actor, slug: str, now: datetime) -> PublishedReport:
    """Publish the present figures of an event as its next revision.

    Raises: EventNotFound, EventNotBegun.
    """
    event = event_for(session, actor=actor, action=ACTION, slug=slug, lock=True)
    today = local_date(now)
    if event.published_at is None or not any(stop.starts_on <= today for stop in event.stops):
        raise EventNotBegun()
    turnover = event_turnover(session, event=event, today=today)
    row = national.figures_of(session, events=[event], today=today)[0]
    hidden = Hidden(total=False, cells=frozenset())
    if turnover.turnover_minor is not None:
        hidden = cells_to_hide(reports.contributions(session, event=event))
    figures = {
        "official": official_figures(turnover),
        "public": public_figures(turnover, hidden, row),
        "objections": asdict(appeal_counts(session, event_id=event.id)),
    }
    return _next_revision(session, actor=actor, event=event, figures=figures, now=now)


def take_back_report(session: Session, *, actor: Actor, slug: str, now: datetime) -> PublishedReport:
    """Take the published figures of an event back: a further revision without figures.

    Raises: EventNotFound, NothingPublished.
    """
    event = event_for(session, actor=actor, action=ACTION, slug=slug, lock=True)
    newest = reports.latest_report(session, event=event)
    if newest is None or newest.figures.get("withdrawn"):
        raise NothingPublished()
    return _next_revision(session, actor=actor, event=event, figures={"withdrawn": True}, now=now)


def _next_revision(
    session: Session, *, actor: Actor, event: Event, figures: dict[str, Any], now: datetime
) -> PublishedReport:
    newest = reports.latest_report(session, event=event)
    report = PublishedReport(
        event_id=event.id,
        revision=newest.revision + 1 if newest else 1,
        figures=figures,
        published_at=now,
        published_by_id=actor.account_id,
    )
    session.add(report)
    session.flush()
    record(
        session,
        actor=actor,
        action="statistics.taken_back" if figures.get("withdrawn") else "statistics.published",
        subject_type="event",
        subject_id=event.slug,
        now=now,
        details={"revision": report.revision},
        chain=chain_of(event),
    )
    return report

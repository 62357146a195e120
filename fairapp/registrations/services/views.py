"""Keeping the filters of a queue under a name, for one person and one event."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.events.models import Event
from fairapp.registrations.errors import TooManyViews, ViewUnnamed
from fairapp.registrations.models import SavedView
from fairapp.registrations.queries.filters import QueueFilters, query_of

MOST_VIEWS = 20
LONGEST_NAME = 60


def save_view(
    session: Session, *, actor: Actor, event: Event, name: str, filters: QueueFilters, now: datetime
) -> SavedView:
    """Keep filters under a name; a view of the same name is replaced.

    Raises: ViewUnnamed, TooManyViews.
    """
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise ViewUnnamed()
    own = (SavedView.event_id == event.id, SavedView.account_id == actor.account_id)
    view = session.scalar(select(SavedView).where(*own, SavedView.name == name))
    if view is not None:
        view.query = query_of(filters)
        return view
    if (session.scalar(select(func.count()).select_from(SavedView).where(*own)) or 0) >= MOST_VIEWS:
        raise TooManyViews(most=MOST_VIEWS)
    assert actor.account_id is not None  # whoever reviews is signed in
    view = SavedView(
        event_id=event.id,
        account_id=actor.account_id,
        name=name,
        query=query_of(filters),
        created_at=now,
    )
    session.add(view)
    session.flush()
    return view


def remove_view(session: Session, *, actor: Actor, event: Event, name: str) -> None:
    """Remove a view of one's own; one that is gone already stays gone."""
    session.execute(
        delete(SavedView).where(
            SavedView.event_id == event.id, SavedView.account_id == actor.account_id, SavedView.name == name
        )
    )

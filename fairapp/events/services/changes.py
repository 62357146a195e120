"""Recording what changed in a call, so that a change after the opening is seen by everybody."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.events import queries
from fairapp.events.models import Event
from fairapp.events.terms import change_between

_NOT_TERMS = frozenset({"id", "event_id", "position"})


def terms_by_code(rows: Iterable[Any]) -> dict[str, dict[str, Any]]:
    """Return what rows of a call say, by their code, in their order."""
    return {row.code: _values(row) for row in rows}


def record_list_change(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    action: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
    now: datetime,
) -> None:
    """Record which entries of a list were added, removed or changed; nothing when nothing was."""
    change = change_between(before, after)
    if change:
        details = {name: value for name, value in asdict(change).items() if value}
        record_call_change(session, actor=actor, event=event, action=action, details=details, now=now)


def record_call_change(
    session: Session, *, actor: Actor, event: Event, action: str, details: Mapping[str, Any], now: datetime
) -> None:
    """Record a change of a call in the chain of its event."""
    record(
        session,
        actor=actor,
        action=action,
        subject_type="event",
        subject_id=event.id,
        details={"slug": event.slug, **details},
        chain=queries.chain_of(event),
        now=now,
    )


def _values(row: Any) -> dict[str, Any]:
    columns = inspect(type(row)).columns.keys()
    return {name: getattr(row, name) for name in columns if name not in _NOT_TERMS}

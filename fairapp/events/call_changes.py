"""What was changed in a call, and when: for its organizers as a list, for everybody as a date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from fairapp.accounts.models import Account
from fairapp.audit.models import AuditEntry
from fairapp.events.models import Event
from fairapp.events.queries import chain_of
from fairapp.foundation.clock import local_date

ACTIONS = (
    "events.documents_set",
    "events.questions_set",
    "events.capacities_set",
    "events.criteria_set",
    "events.quotas_set",
    "events.reasons_set",
    "events.rules_set",
    "events.updated",
    "events.stop_added",
    "events.stop_updated",
    "events.stop_cancelled",
    "events.stop_restored",
)
MOST_SHOWN = 100
_KINDS = ("added", "removed", "changed")


@dataclass(frozen=True, slots=True)
class CallChange:
    """One change: what of the call, which of its entries, by whom, and whether after the opening."""

    action: str
    at: datetime
    name: str | None
    entries: Mapping[str, Sequence[str]]
    after_opening: bool


def call_changes(session: Session, *, event: Event) -> list[CallChange]:
    """Return the changes of a call, the latest first."""
    entries = session.scalars(_changes(event).order_by(AuditEntry.sequence.desc()).limit(MOST_SHOWN)).all()
    writers = {int(entry.actor_id) for entry in entries if entry.actor_id and entry.actor_id.isdigit()}
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(writers)))
    names = {str(row.id): row.name for row in rows}
    return [
        CallChange(
            action=entry.action.partition(".")[2],
            at=entry.at,
            name=names.get(entry.actor_id or ""),
            entries=_entries(entry.details),
            after_opening=_is_after_opening(event, entry.at),
        )
        for entry in entries
    ]


def changed_after_opening(session: Session, *, event: Event) -> datetime | None:
    """Return when a call was changed last after registration opened; None when it was not."""
    last = session.scalar(
        _changes(event).with_only_columns(AuditEntry.at).order_by(AuditEntry.sequence.desc()).limit(1)
    )
    return last if last is not None and _is_after_opening(event, last) else None


def _changes(event: Event) -> Select[AuditEntry]:
    return select(AuditEntry).where(AuditEntry.chain == chain_of(event), AuditEntry.action.in_(ACTIONS))


def _entries(details: Mapping[str, Any]) -> dict[str, list[str]]:
    found = {kind: list(details[kind]) for kind in _KINDS if details.get(kind)}
    return found or ({"changed": [details["stop"]]} if details.get("stop") else {})


def _is_after_opening(event: Event, at: datetime) -> bool:
    opens, published = event.registration_opens_on, event.published_at
    return opens is not None and published is not None and at > published and local_date(at) >= opens

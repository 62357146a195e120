"""Recording acts in chains, and proving that a chain is whole (promises B70)."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit import queries
from fairapp.audit.domain import Actor
from fairapp.audit.models import AuditChain, AuditEntry
from fairapp.foundation.database import insert_ignoring

START = "0" * 64


def record(
    session: Session,
    *,
    actor: Actor,
    action: str,
    subject_type: str,
    subject_id: object,
    now: datetime,
    details: Mapping[str, Any] | None = None,
    chain: str = "instance",
    request_id: str | None = None,
) -> AuditEntry:
    """Add an act to a chain. `details` is plain JSON: ids, codes and states, no personal data.

    The chain's head stays locked until the transaction ends, so call this last in a service.
    """
    head = queries.chain_for_update(session, name=chain) or _begin_chain(session, chain)
    actor_id = actor.account_id if actor.account_id is not None else actor.device_id
    entry = AuditEntry(
        chain=chain,
        sequence=head.sequence + 1,
        at=now,
        actor_kind=actor.kind,
        actor_id=None if actor_id is None else str(actor_id),
        action=action,
        subject_type=subject_type,
        subject_id=str(subject_id),
        details=dict(details or {}),
        request_id=request_id,
        previous_hash=head.hash,
    )
    entry.hash = entry_hash(entry)
    head.sequence, head.hash = entry.sequence, entry.hash
    session.add(entry)
    session.flush()
    return entry


def _begin_chain(session: Session, name: str) -> AuditChain:
    insert_ignoring(session, AuditChain, [{"name": name, "sequence": 0, "hash": START}])
    head = queries.chain_for_update(session, name=name)
    assert head is not None  # just inserted, by us or by someone faster
    return head


def entry_hash(entry: AuditEntry) -> str:
    """Return SHA-256 over the previous hash and the canonical JSON of an entry."""
    content = {
        "chain": entry.chain,
        "sequence": entry.sequence,
        "at": entry.at.astimezone(UTC).isoformat(),
        "actor_kind": entry.actor_kind.value,
        "actor_id": entry.actor_id,
        "action": entry.action,
        "subject_type": entry.subject_type,
        "subject_id": entry.subject_id,
        "details": entry.details,
        "request_id": entry.request_id,
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256((entry.previous_hash + canonical).encode()).hexdigest()


def verify_chains(session: Session) -> list[str]:
    """Return what is wrong with the chains, as `chain:sequence`; empty when all are whole."""
    faults = []
    for head in session.scalars(select(AuditChain).order_by(AuditChain.name)):
        previous, count = START, 0
        for entry in queries.entries_of_chain(session, chain=head.name):
            count += 1
            if (entry.sequence, entry.previous_hash, entry.hash) != (count, previous, entry_hash(entry)):
                faults.append(f"{head.name}:{entry.sequence}")
            previous = entry.hash
        if (head.sequence, head.hash) != (count, previous):
            faults.append(f"{head.name}:head")
    return faults

"""Reads of the record of acts."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.models import AuditChain, AuditEntry


def chain_for_update(session: Session, *, name: str) -> AuditChain | None:
    """Return the head of a chain, locked until the transaction ends."""
    return session.scalar(select(AuditChain).where(AuditChain.name == name).with_for_update())


def entries_of_chain(session: Session, *, chain: str) -> Iterator[AuditEntry]:
    """Yield the entries of a chain in their order."""
    statement = select(AuditEntry).where(AuditEntry.chain == chain).order_by(AuditEntry.sequence)
    yield from session.scalars(statement.execution_options(yield_per=1000))


def entries_about(session: Session, *, subject_type: str, subject_id: str) -> list[AuditEntry]:
    """Return what was done to one subject, oldest first."""
    return list(
        session.scalars(
            select(AuditEntry)
            .where(AuditEntry.subject_type == subject_type, AuditEntry.subject_id == subject_id)
            .order_by(AuditEntry.id)
        )
    )

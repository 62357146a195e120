"""The append-only, chained record of acts (promises B70)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fairapp.audit.domain import ActorKind
from fairapp.foundation.database import Base, UtcDateTime, stored

BigId = BigInteger().with_variant(Integer, "sqlite")


class AuditChain(Base):
    """Head of one chain; `instance` or `event:<slug>`, so that events do not wait for each other."""

    __tablename__ = "audit_chains"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    sequence: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class AuditEntry(Base):
    """One act. Rows are never changed or removed; triggers see to it."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        UniqueConstraint("chain", "sequence"),
        Index(None, "subject_type", "subject_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    chain: Mapped[str] = mapped_column(ForeignKey("audit_chains.name"))
    sequence: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_kind: Mapped[ActorKind] = mapped_column(stored(ActorKind))
    actor_id: Mapped[str | None] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(80))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(64))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    request_id: Mapped[str | None] = mapped_column(String(64))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

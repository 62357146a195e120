"""Decisions on many registrations at once: what was chosen, what became of each."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fairapp.audit.models import BigId
from fairapp.foundation.database import Base, UtcDateTime, stored
from fairapp.registrations.domain import BulkOutcome, BulkState, Decision, RegistrationState


class BulkDecision(Base):
    """One decision on many registrations. `query` is the filter that chose them, where one did.

    `reverses_id` names the bulk decision that this one takes back. Notes are by the language of the
    registrations; whoever reads another gets the French one.
    """

    __tablename__ = "bulk_decisions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    state: Mapped[BulkState] = mapped_column(stored(BulkState))
    decision: Mapped[Decision] = mapped_column(stored(Decision))
    reason_code: Mapped[str | None] = mapped_column(String(40))
    note_ar: Mapped[str | None] = mapped_column(Text)
    note_fr: Mapped[str | None] = mapped_column(Text)
    query: Mapped[str] = mapped_column(String(500), default="")
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("bulk_decisions.id"), index=True)
    prepared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    prepared_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BulkItem(Base):
    """One registration of a bulk decision: the state that was seen, and what became of it.

    `change_id` is the change of state that it made; of one left out, the change that was in its way.
    """

    __tablename__ = "bulk_items"
    __table_args__ = (UniqueConstraint("bulk_id", "registration_id"), Index(None, "bulk_id", "outcome"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    bulk_id: Mapped[int] = mapped_column(ForeignKey("bulk_decisions.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), index=True
    )
    seen: Mapped[RegistrationState] = mapped_column(stored(RegistrationState))
    outcome: Mapped[BulkOutcome | None] = mapped_column(stored(BulkOutcome))
    is_told: Mapped[bool] = mapped_column(default=False)
    change_id: Mapped[int | None] = mapped_column(ForeignKey("state_changes.id"))

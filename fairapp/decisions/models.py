"""Letters about decisions, offers of the waiting list, and appeals."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from fairapp.audit.models import BigId
from fairapp.decisions.domain import AppealState, OfferState
from fairapp.foundation.database import Base, UtcDateTime, stored

OPEN = text("state = 'open'")
FILED = text("state = 'filed'")


class DecisionLetter(Base):
    """What a letter about a decision says, as it was on the day: from `facts` alone it is written again.

    `facts_hash` is the SHA-256 of the facts in canonical JSON; it stands in the audit chain too.
    """

    __tablename__ = "decision_letters"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), index=True
    )
    state_change_id: Mapped[int] = mapped_column(ForeignKey("state_changes.id"), unique=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("selection_runs.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    facts_hash: Mapped[str] = mapped_column(String(64))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    object_until_on: Mapped[date | None]


class PlaceOffer(Base):
    """A place offered to the next that fits; at most one open offer a registration and a freed place."""

    __tablename__ = "place_offers"
    __table_args__ = (
        Index(
            "uq_place_offers_open_registration_id",
            "registration_id",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index(
            "uq_place_offers_open_freed_change_id",
            "freed_change_id",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    freed_change_id: Mapped[int] = mapped_column(ForeignKey("state_changes.id"))
    state: Mapped[OfferState] = mapped_column(stored(OfferState))
    why: Mapped[dict[str, Any]] = mapped_column(JSON)
    offered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deadline_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stopped_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    note: Mapped[str | None] = mapped_column(String(500))


class Appeal(Base):
    """An objection of a cooperative to a decision, answered by another person than the one who decided."""

    __tablename__ = "appeals"
    __table_args__ = (
        Index(
            "uq_appeals_filed_registration_id",
            "registration_id",
            unique=True,
            sqlite_where=FILED,
            postgresql_where=FILED,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), index=True
    )
    state_change_id: Mapped[int] = mapped_column(ForeignKey("state_changes.id"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    state: Mapped[AppealState] = mapped_column(stored(AppealState))
    text: Mapped[str] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    reason_code: Mapped[str | None] = mapped_column(String(40))
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))

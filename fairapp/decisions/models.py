"""Letters about decisions, freed places and their offers, and appeals."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fairapp.audit.models import BigId
from fairapp.decisions.domain.states import AppealState, OfferState
from fairapp.foundation.database import Base, UtcDateTime, stored
from fairapp.registrations.models import Registration

OPEN = text("state = 'open'")
FILED = text("state = 'filed'")
OF_A_DECISION = text("appeal_id IS NULL")


class DecisionLetter(Base):
    """What a letter about a decision says, as it was on the day: from `facts` alone it is drawn again.

    `facts_hash` is the SHA-256 of the facts in canonical JSON; it stands in the audit chain too.
    A letter with `appeal_id` answers that appeal and leaves the decision as it was.
    """

    __tablename__ = "decision_letters"
    __table_args__ = (
        Index(
            "uq_decision_letters_of_a_decision",
            "state_change_id",
            unique=True,
            sqlite_where=OF_A_DECISION,
            postgresql_where=OF_A_DECISION,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), index=True
    )
    state_change_id: Mapped[int] = mapped_column(ForeignKey("state_changes.id"))
    appeal_id: Mapped[int | None] = mapped_column(ForeignKey("appeals.id"), unique=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("selection_runs.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    facts_hash: Mapped[str] = mapped_column(String(64))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    object_until_on: Mapped[date | None]

    registration: Mapped[Registration] = relationship(lazy="raise_on_sql")


class LetterPrint(Base):
    """The letters of an event's cooperatives in one PDF, made in the background; the last one is kept."""

    __tablename__ = "letter_prints"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    on_paper_only: Mapped[bool]
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    letters: Mapped[int | None]
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class FreedPlace(Base):
    """A place that became free: an accepted registration left it, or there are more places than before.

    `key` names what freed it, so that nothing frees two places; `stop_ids` are the stops that it is
    for. It stays open until somebody takes it or an organizer keeps it.
    """

    __tablename__ = "freed_places"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    stop_ids: Mapped[list[int]] = mapped_column(JSON)
    freed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    freed_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    note: Mapped[str | None] = mapped_column(String(500))


class PlaceOffer(Base):
    """A place offered to the next that fits; at most one open offer a registration and a freed place.

    `why` holds the order it was chosen in and who was passed over for which reason; `token` opens
    the page on which the cooperative answers.
    """

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
            "uq_place_offers_open_place_id",
            "place_id",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("freed_places.id", ondelete="CASCADE"), index=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    state: Mapped[OfferState] = mapped_column(stored(OfferState))
    why: Mapped[dict[str, Any]] = mapped_column(JSON)
    offered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deadline_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stopped_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    note: Mapped[str | None] = mapped_column(String(500))

    registration: Mapped[Registration] = relationship(lazy="raise_on_sql")


class WaitingSkip(Base):
    """A registration that an organizer passes over while it waits, and why."""

    __tablename__ = "waiting_skips"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), unique=True
    )
    reason: Mapped[str] = mapped_column(String(500))
    skipped_at: Mapped[datetime] = mapped_column(UtcDateTime)
    skipped_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


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

    registration: Mapped[Registration] = relationship(lazy="raise_on_sql")

"""Signing keys, badges and scans."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fairapp.badges.domain import GateDecision, ScanOutcome
from fairapp.foundation.database import Base, UtcDateTime, stored
from fairapp.registrations.models import Registration, Representative

VALID = text("revoked_at IS NULL")


class BadgeKey(Base):
    """A P-256 key that signs badges. The private half is encrypted with SECRET_KEY."""

    __tablename__ = "badge_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    private_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    public_pem: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Badge(Base):
    """Card of one representative in one event. `code` is the QR text; `token` opens its page."""

    __tablename__ = "badges"
    __table_args__ = (
        Index(
            "uq_badges_live_representative_id",
            "representative_id",
            unique=True,
            sqlite_where=VALID,
            postgresql_where=VALID,
        ),
        Index(None, "registration_id"),
        Index(None, "event_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    representative_id: Mapped[int] = mapped_column(ForeignKey("representatives.id"))
    key_id: Mapped[int] = mapped_column(ForeignKey("badge_keys.id"))
    code: Mapped[str] = mapped_column(String(240), unique=True)
    short_code: Mapped[str] = mapped_column(String(8), unique=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    valid_from_on: Mapped[date]
    valid_to_on: Mapped[date]
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    revocation_reason: Mapped[str | None] = mapped_column(String(200))

    registration: Mapped[Registration] = relationship(lazy="raise_on_sql")
    representative: Mapped[Representative] = relationship(lazy="raise_on_sql")


class Scan(Base):
    """A badge read at a gate. A fact: never changed, never judged again (promises B52)."""

    __tablename__ = "scans"
    __table_args__ = (
        Index(None, "badge_id", "stop_id", "day"),
        Index(None, "event_id", "outcome"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    stop_id: Mapped[int] = mapped_column(ForeignKey("stops.id"))
    gate: Mapped[str] = mapped_column(String(40))
    badge_id: Mapped[int | None] = mapped_column(ForeignKey("badges.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    day: Mapped[date]
    scanned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[ScanOutcome] = mapped_column(stored(ScanOutcome))
    decided: Mapped[GateDecision | None] = mapped_column(stored(GateDecision))
    is_contested: Mapped[bool] = mapped_column(default=False)
    device_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("devices.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    reason: Mapped[str | None] = mapped_column(String(200))


class BadgePrint(Base):
    """All valid badges of an event in one PDF, made in the background; the last one is kept."""

    __tablename__ = "badge_prints"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    badges: Mapped[int | None]
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)

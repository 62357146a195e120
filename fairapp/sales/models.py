"""The append-only ledger, its flags, day reports, and the totals of each stand-day.

Amounts are centimes. `Sale.day` is the trading day (contracts 4).
"""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fairapp.audit.models import BigId
from fairapp.foundation.database import Base, UtcDateTime, stored
from fairapp.sales.domain import FlagKind, Payment, ReportSource

NOT_STATED = ""  # sector of an entry that names none, in totals


class Sale(Base):
    """One ledger entry: a sale (positive) or a reversal (negative, points to its sale)."""

    __tablename__ = "sales"
    __table_args__ = (
        CheckConstraint(
            "(reverses_id IS NULL AND amount_minor > 0) OR (reverses_id IS NOT NULL AND amount_minor < 0)",
            name="sign_follows_kind",
        ),
        CheckConstraint("reverses_id IS NULL OR reverses_id <> id", name="not_its_own_reversal"),
        Index(None, "event_id", "amount_minor"),
        Index(None, "stand_id", "day"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    stop_id: Mapped[int] = mapped_column(ForeignKey("stops.id"))
    stand_id: Mapped[int] = mapped_column(ForeignKey("stands.id"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"))
    day: Mapped[date]
    sold_at: Mapped[datetime] = mapped_column(UtcDateTime)
    device_sold_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="MAD")
    payment: Mapped[Payment] = mapped_column(stored(Payment))
    sector_code: Mapped[str | None] = mapped_column(String(20))
    product: Mapped[str | None] = mapped_column(String(120))
    quantity_milli: Mapped[int | None] = mapped_column(BigInteger)
    reverses_id: Mapped[uuid.UUID | None] = mapped_column(unique=True)
    device_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("devices.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class SaleFlag(Base):
    """A question about a recorded entry, for the organizer."""

    __tablename__ = "sale_flags"
    __table_args__ = (UniqueConstraint("sale_id", "kind"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sale_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sales.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    kind: Mapped[FlagKind] = mapped_column(stored(FlagKind))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class DayReport(Base):
    """A stand's declaration for one day; an explicit zero is one. A later one replaces it."""

    __tablename__ = "day_reports"
    __table_args__ = (
        CheckConstraint("takings_minor >= 0", name="takings_not_negative"),
        Index(None, "stand_id", "day"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    stop_id: Mapped[int] = mapped_column(ForeignKey("stops.id"))
    stand_id: Mapped[int] = mapped_column(ForeignKey("stands.id"))
    day: Mapped[date]
    takings_minor: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[ReportSource] = mapped_column(stored(ReportSource))
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    device_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("devices.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class StandDay(Base):
    """Totals of one stand on one trading day; written with the entries, rebuilt by a command.

    `entries_count` counts ledger rows that are counted, reversals too; `sales_count` is sales
    less reversed ones; `takings_minor` is the newest declaration, None without one.
    """

    __tablename__ = "stand_days"
    # Covers the statement behind an event's turnover, so that it never reads the table itself.
    __table_args__ = (
        Index(
            "ix_stand_days_figures",
            "event_id",
            "stop_id",
            "day",
            "stand_id",
            "entries_count",
            "sales_count",
            "amount_minor",
            "takings_minor",
        ),
    )

    stand_id: Mapped[int] = mapped_column(ForeignKey("stands.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    stop_id: Mapped[int] = mapped_column(ForeignKey("stops.id"))
    entries_count: Mapped[int] = mapped_column(default=0)
    sales_count: Mapped[int] = mapped_column(default=0)
    amount_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    takings_minor: Mapped[int | None] = mapped_column(BigInteger)


class StandDaySector(Base):
    """The sales of one stand-day in one sector; NOT_STATED where entries name none."""

    __tablename__ = "stand_day_sectors"
    __table_args__ = (Index(None, "event_id"),)

    stand_id: Mapped[int] = mapped_column(ForeignKey("stands.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    sector_code: Mapped[str] = mapped_column(String(20), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    sales_count: Mapped[int]
    amount_minor: Mapped[int] = mapped_column(BigInteger)

"""Zones, stands, allocations and allocation runs. Lengths and positions are centimetres."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fairapp.events.models import Stop
from fairapp.foundation.database import Base, UtcDateTime, stored
from fairapp.registrations.models import Registration
from fairapp.stands.domain import RunStatus, StandKind

HELD = text("released_at IS NULL")


class Zone(Base):
    """Part of a stop's site with one purpose."""

    __tablename__ = "zones"
    __table_args__ = (UniqueConstraint("stop_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    stop_id: Mapped[int] = mapped_column(ForeignKey("stops.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(20))
    name_ar: Mapped[str] = mapped_column(String(120))
    name_fr: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))


class Stand(Base):
    """A numbered place. `x_cm`, `y_cm` is its corner at the top left of the plan."""

    __tablename__ = "stands"
    __table_args__ = (
        UniqueConstraint("stop_id", "code"),
        CheckConstraint("width_cm > 0 AND depth_cm > 0", name="size_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stop_id: Mapped[int] = mapped_column(ForeignKey("stops.id", ondelete="CASCADE"))
    zone_id: Mapped[int | None] = mapped_column(ForeignKey("zones.id"))
    code: Mapped[str] = mapped_column(String(20))
    kind: Mapped[StandKind] = mapped_column(stored(StandKind))
    width_cm: Mapped[int]
    depth_cm: Mapped[int]
    x_cm: Mapped[int]
    y_cm: Mapped[int]
    power: Mapped[bool] = mapped_column(default=False)
    water: Mapped[bool] = mapped_column(default=False)
    corner: Mapped[bool] = mapped_column(default=False)
    step_free: Mapped[bool] = mapped_column(default=False)

    stop: Mapped[Stop] = relationship(lazy="raise_on_sql")
    zone: Mapped[Zone | None] = relationship(lazy="raise_on_sql")


class AllocationRun(Base):
    """One run of the solver, with what it was asked and what it found."""

    __tablename__ = "allocation_runs"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    status: Mapped[RunStatus] = mapped_column(stored(RunStatus))
    request: Mapped[dict[str, Any]] = mapped_column(JSON)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Allocation(Base):
    """One placement. `share` is 1 unless the stand is shared; released, never removed."""

    __tablename__ = "allocations"
    __table_args__ = (
        Index(
            "uq_allocations_live_stand_share",
            "stand_id",
            "share",
            unique=True,
            sqlite_where=HELD,
            postgresql_where=HELD,
        ),
        Index(
            "uq_allocations_live_stand_registration",
            "stand_id",
            "registration_id",
            unique=True,
            sqlite_where=HELD,
            postgresql_where=HELD,
        ),
        Index(None, "registration_id"),
        Index(None, "stop_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stand_id: Mapped[int] = mapped_column(ForeignKey("stands.id"))
    stop_id: Mapped[int] = mapped_column(ForeignKey("stops.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    share: Mapped[int] = mapped_column(default=1)
    reason: Mapped[str | None] = mapped_column(String(300))
    run_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("allocation_runs.id"))
    allocated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    allocated_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    release_reason: Mapped[str | None] = mapped_column(String(300))

    stand: Mapped[Stand] = relationship(lazy="raise_on_sql")
    registration: Mapped[Registration] = relationship(lazy="raise_on_sql")

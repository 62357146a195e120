"""Workshops and attendance. An attendance is one person at one workshop."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fairapp.foundation.database import Base, UtcDateTime, stored
from fairapp.registrations.domain import Gender


class Workshop(Base):
    """A training held beside an event."""

    __tablename__ = "workshops"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    stop_id: Mapped[int] = mapped_column(ForeignKey("stops.id"))
    code: Mapped[str] = mapped_column(String(20))
    title_ar: Mapped[str] = mapped_column(String(200))
    title_fr: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Attendance(Base):
    """One person at one workshop: by badge, by name at the door, or only counted with gender.

    The same `person_key` is the same person; a person without one counts once an attendance.
    """

    __tablename__ = "attendances"
    __table_args__ = (Index(None, "workshop_id", "person_key"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshops.id"))
    representative_id: Mapped[int | None] = mapped_column(ForeignKey("representatives.id"))
    person_key: Mapped[str | None] = mapped_column(String(64))
    name: Mapped[str | None] = mapped_column(String(120))
    gender: Mapped[Gender | None] = mapped_column(stored(Gender))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

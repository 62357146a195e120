"""What an organizer has published of an event's figures."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fairapp.foundation.database import Base, UtcDateTime


class PublishedReport(Base):
    """Figures of an event as published, numbered; a later change makes a new revision."""

    __tablename__ = "published_reports"
    __table_args__ = (UniqueConstraint("event_id", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    revision: Mapped[int]
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))

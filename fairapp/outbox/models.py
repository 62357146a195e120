"""The outbox: the row is the truth, the broker only the wake-up (promises B10)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fairapp.audit.models import BigId
from fairapp.foundation.database import Base, UtcDateTime, stored
from fairapp.outbox.domain import WorkState


class OutboxRow(Base):
    """One piece of work: a task's name, its payload, and a key that names the effect."""

    __tablename__ = "outbox_rows"
    __table_args__ = (Index(None, "state", "due_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    task: Mapped[str] = mapped_column(String(120))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[WorkState] = mapped_column(stored(WorkState), default=WorkState.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    enqueued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(Text)

"""Duplicates: those that a person merged, and those that a person said are two."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fairapp.foundation.database import Base, UtcDateTime


class Merge(Base):
    """One merging of two entries. `moved` names what went to the one that is kept, so that it can go back."""

    __tablename__ = "merges"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    merged_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    reason: Mapped[str | None] = mapped_column(String(300))
    moved: Mapped[dict[str, Any]] = mapped_column(JSON)
    merged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    merged_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class Distinct(Base):
    """Two entries that look alike and are two, as a person found out. The first id is the smaller."""

    __tablename__ = "distinct_cooperatives"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id", ondelete="CASCADE"))
    second_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id", ondelete="CASCADE"), index=True)
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)
    said_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))

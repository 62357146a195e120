"""Files that are kept, and those on their way."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fairapp.audit.models import BigId
from fairapp.files.domain import MediaType
from fairapp.foundation.database import Base, UtcDateTime, stored


class StoredFile(Base):
    """A file that was checked and written anew. Its bytes lie in the state folder under `sha256`.

    `owner` says what it belongs to, for example `registration:K7QM4T2X` (also while it is a draft)
    or `cooperative:<code>`; `token` is unguessable and opens it for whom the door has let in.
    """

    __tablename__ = "files"
    __table_args__ = (CheckConstraint("size_bytes > 0", name="not_empty"), Index(None, "sha256"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    owner: Mapped[str] = mapped_column(String(64), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[MediaType] = mapped_column(stored(MediaType))
    size_bytes: Mapped[int]
    pages: Mapped[int] = mapped_column(default=1)
    width_px: Mapped[int | None]
    height_px: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Upload(Base):
    """A file that arrives in pieces; what has arrived survives a lost connection."""

    __tablename__ = "uploads"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    owner: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(120))
    expected_bytes: Mapped[int]
    received_bytes: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    file_id: Mapped[int | None]

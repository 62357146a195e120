"""What a cooperative hands in with its registration, the codes that let it in again, and its edits."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fairapp.audit.models import BigId
from fairapp.files.models import StoredFile
from fairapp.foundation.database import Base, UtcDateTime, stored
from fairapp.registrations.domain import CodePurpose, DocumentState, EditState


class Document(Base):
    """How a registration stands with one document of the call. `explanation`: why it is exempt,

    or the number of the request it applied with. Several photos are several rows, by `position`.
    """

    __tablename__ = "registration_documents"
    __table_args__ = (UniqueConstraint("registration_id", "code", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    position: Mapped[int] = mapped_column(default=1)
    state: Mapped[DocumentState] = mapped_column(stored(DocumentState))
    explanation: Mapped[str | None] = mapped_column(String(300))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    file: Mapped[StoredFile | None] = relationship(lazy="raise_on_sql")


class Answer(Base):
    """The answer to one question of the call: text as typed, the code of a choice, a number, or a file."""

    __tablename__ = "registration_answers"
    __table_args__ = (UniqueConstraint("registration_id", "question_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    question_code: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(String(1000))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    file: Mapped[StoredFile | None] = relationship(lazy="raise_on_sql")


class OneTimeCode(Base):
    """A code that opens a draft or a registration once (promises A15, B67). Only its keyed hash is stored."""

    __tablename__ = "one_time_codes"
    __table_args__ = (Index(None, "reference", "purpose"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    reference: Mapped[str] = mapped_column(String(8))
    purpose: Mapped[CodePurpose] = mapped_column(stored(CodePurpose))
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EditRequest(Base):
    """A change of a registration after it was sent, as differences; applied at once until the closing

    date, after it when the organizer agrees. `answers` are the whole new answers of the journey,
    `differences` are [{field, before, after}] in the order of the journey.
    """

    __tablename__ = "edit_requests"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[EditState] = mapped_column(stored(EditState))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    differences: Mapped[list[Any]] = mapped_column(JSON)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    note: Mapped[str | None] = mapped_column(String(500))

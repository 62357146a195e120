"""Mailings and their recipients: the delivery list."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fairapp.audit.models import BigId
from fairapp.foundation.database import Base, UtcDateTime, stored
from fairapp.mailings.domain import Reach


class Mailing(Base):
    """A message of an organizer to the registrations that `query`, of the queue's page, left."""

    __tablename__ = "mailings"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    query: Mapped[str] = mapped_column(String(500))
    subject_ar: Mapped[str] = mapped_column(String(150))
    body_ar: Mapped[str] = mapped_column(Text)
    subject_fr: Mapped[str] = mapped_column(String(150))
    body_fr: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MailingRecipient(Base):
    """One registration that a mailing goes to. Its token is in the link; opening it is noted once."""

    __tablename__ = "mailing_recipients"
    __table_args__ = (UniqueConstraint("mailing_id", "registration_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailings.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), index=True
    )
    token: Mapped[str] = mapped_column(String(43), unique=True)
    reach: Mapped[Reach] = mapped_column(stored(Reach))
    locale: Mapped[str] = mapped_column(String(5))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    called_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    call_note: Mapped[str | None] = mapped_column(String(300))

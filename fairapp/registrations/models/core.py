"""Drafts, registrations, what they ask for, who comes, and their dated states."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fairapp.audit.models import BigId
from fairapp.cooperatives.models import Cooperative
from fairapp.events.models import Event, Stop
from fairapp.foundation.database import Base, UtcDateTime, stored
from fairapp.registrations.domain import FilingChannel, Gender, RegistrationState

if TYPE_CHECKING:
    from fairapp.registrations.models.filing import Answer, Document

LIVE = text("state <> 'withdrawn'")


class RegistrationDraft(Base):
    """Answers typed so far. The reference is given at the start; sending turns it into a registration.

    `edits_id` names the registration that this draft changes, when it is an edit of one that was sent.
    `version` counts the saves: a second phone that saves over a newer state is told.
    """

    __tablename__ = "registration_drafts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    reference: Mapped[str] = mapped_column(String(8), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    locale: Mapped[str] = mapped_column(String(5))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    edits_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"), index=True)
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"))


class Registration(Base):
    """A cooperative's request to take part in one event. Widths are centimetres.

    `consent` says how the cooperative agreed when another filed for it (`in_person`, `by_phone`,
    `on_paper`); `confirmed_at`, when it confirmed by code what was filed for it; `disputed_at`, when
    it said that it is not its own.
    """

    __tablename__ = "registrations"
    __table_args__ = (
        CheckConstraint("stand_width_cm > 0", name="stand_width_positive"),
        Index(
            "uq_registrations_live_event_id_cooperative_id",
            "event_id",
            "cooperative_id",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
        Index(None, "event_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(8), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    state: Mapped[RegistrationState] = mapped_column(stored(RegistrationState))
    channel: Mapped[FilingChannel] = mapped_column(stored(FilingChannel))
    filed_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    locale: Mapped[str] = mapped_column(String(5))
    phone: Mapped[str | None] = mapped_column(String(16))
    email: Mapped[str | None] = mapped_column(String(254))
    stand_width_cm: Mapped[int] = mapped_column(default=300)
    needs_power: Mapped[bool] = mapped_column(default=False)
    needs_water: Mapped[bool] = mapped_column(default=False)
    needs_step_free: Mapped[bool] = mapped_column(default=False)
    remark: Mapped[str | None] = mapped_column(String(500))
    filed_for_network_id: Mapped[int | None] = mapped_column(ForeignKey("networks.id"))
    consent: Mapped[str | None] = mapped_column(String(20))
    consent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disputed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    event: Mapped[Event] = relationship(lazy="raise_on_sql")
    cooperative: Mapped[Cooperative] = relationship(lazy="raise_on_sql")
    stops: Mapped[list[Stop]] = relationship(
        secondary="registration_stops", lazy="raise_on_sql", order_by="Stop.position"
    )
    sectors: Mapped[list["RegistrationSector"]] = relationship(lazy="raise_on_sql")
    products: Mapped[list["RegistrationProduct"]] = relationship(
        lazy="raise_on_sql", order_by="RegistrationProduct.position"
    )
    representatives: Mapped[list["Representative"]] = relationship(
        lazy="raise_on_sql", order_by="Representative.position", back_populates="registration"
    )
    history: Mapped[list["StateChange"]] = relationship(lazy="raise_on_sql", order_by="StateChange.id")
    documents: Mapped[list["Document"]] = relationship(
        lazy="raise_on_sql", order_by="[Document.code, Document.position]"
    )
    call_answers: Mapped[list["Answer"]] = relationship(lazy="raise_on_sql", order_by="Answer.id")


class RegistrationStop(Base):
    """A stop that a registration asks for."""

    __tablename__ = "registration_stops"

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), primary_key=True
    )
    stop_id: Mapped[int] = mapped_column(ForeignKey("stops.id"), primary_key=True, index=True)


class RegistrationSector(Base):
    """A sector in which a registration wants to sell."""

    __tablename__ = "registration_sectors"

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), primary_key=True
    )
    sector_code: Mapped[str] = mapped_column(String(20), primary_key=True)


class RegistrationProduct(Base):
    """A product that a registration brings."""

    __tablename__ = "registration_products"
    __table_args__ = (UniqueConstraint("registration_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    sector_code: Mapped[str] = mapped_column(String(20))


class Representative(Base):
    """An exhibitor named in a registration."""

    __tablename__ = "representatives"
    __table_args__ = (UniqueConstraint("registration_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    gender: Mapped[Gender | None] = mapped_column(stored(Gender))
    phone: Mapped[str | None] = mapped_column(String(16))

    registration: Mapped[Registration] = relationship(back_populates="representatives", lazy="raise_on_sql")


class StateChange(Base):
    """One dated state of a registration, with its reason. Never changed."""

    __tablename__ = "state_changes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registrations.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[RegistrationState] = mapped_column(stored(RegistrationState))
    reason_code: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(Text)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))

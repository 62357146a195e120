"""Events, their stops and their call: documents, criteria, quotas and reasons."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fairapp.events.domain import EventKind, EventLevel, QuotaKind
from fairapp.foundation.database import Base, UtcDateTime, stored


class Event(Base):
    """A fair or a mobile market, with its call for registrations. Dates are local days."""

    __tablename__ = "events"
    __table_args__ = (
        CheckConstraint(
            "registration_opens_on IS NULL OR registration_closes_on IS NULL"
            " OR registration_opens_on <= registration_closes_on",
            name="registration_window",
        ),
        Index(None, "region_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[EventKind] = mapped_column(stored(EventKind))
    level: Mapped[EventLevel] = mapped_column(stored(EventLevel))
    title_ar: Mapped[str] = mapped_column(String(200))
    title_fr: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    slogan_ar: Mapped[str | None] = mapped_column(String(200))
    slogan_fr: Mapped[str | None] = mapped_column(String(200))
    slogan_en: Mapped[str | None] = mapped_column(String(200))
    eligibility_ar: Mapped[str | None] = mapped_column(Text)
    eligibility_fr: Mapped[str | None] = mapped_column(Text)
    eligibility_en: Mapped[str | None] = mapped_column(Text)
    region_code: Mapped[str] = mapped_column(String(2))
    edition: Mapped[int | None]
    series_code: Mapped[str | None] = mapped_column(String(40))
    organizer_ar: Mapped[str | None] = mapped_column(String(200))
    organizer_fr: Mapped[str | None] = mapped_column(String(200))
    organizer_phone: Mapped[str | None] = mapped_column(String(16))
    organizer_email: Mapped[str | None] = mapped_column(String(254))
    registration_opens_on: Mapped[date | None]
    registration_closes_on: Mapped[date | None]
    answer_by_on: Mapped[date | None]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    most_representatives: Mapped[int] = mapped_column(default=2)
    stands_per_stop: Mapped[int] = mapped_column(default=1)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))

    stops: Mapped[list["Stop"]] = relationship(
        back_populates="event", lazy="raise_on_sql", order_by="Stop.position"
    )


class Stop(Base):
    """One place and its days. Hours are wall-clock; `closes_at` before `opens_at` is after midnight."""

    __tablename__ = "stops"
    __table_args__ = (
        UniqueConstraint("event_id", "code"),
        CheckConstraint("starts_on <= ends_on", name="starts_before_ends"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    place_ar: Mapped[str] = mapped_column(String(120))
    place_fr: Mapped[str] = mapped_column(String(120))
    venue_ar: Mapped[str | None] = mapped_column(String(200))
    venue_fr: Mapped[str | None] = mapped_column(String(200))
    province_code: Mapped[str] = mapped_column(String(6))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    opens_at: Mapped[time | None]
    closes_at: Mapped[time | None]
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    visitors: Mapped[int | None]
    edition_code: Mapped[str | None] = mapped_column(String(40))

    event: Mapped[Event] = relationship(back_populates="stops", lazy="raise_on_sql")


class RequiredDocument(Base):
    """A document that the call asks for."""

    __tablename__ = "required_documents"
    __table_args__ = (UniqueConstraint("event_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    title_ar: Mapped[str] = mapped_column(String(200))
    title_fr: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    hint_ar: Mapped[str | None] = mapped_column(String(200))
    hint_fr: Mapped[str | None] = mapped_column(String(200))
    hint_en: Mapped[str | None] = mapped_column(String(200))
    optional: Mapped[bool] = mapped_column(default=False)
    food_only: Mapped[bool] = mapped_column(default=False)


class Criterion(Base):
    """A published rule by which registrations are scored; `weight` in points of 100."""

    __tablename__ = "criteria"
    __table_args__ = (
        UniqueConstraint("event_id", "code"),
        CheckConstraint("weight BETWEEN 0 AND 100", name="weight_in_points"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    title_ar: Mapped[str] = mapped_column(String(200))
    title_fr: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    weight: Mapped[int]


class Quota(Base):
    """Share of places, in percent, kept at least for a group; `target` is its province or sector."""

    __tablename__ = "quotas"
    __table_args__ = (
        UniqueConstraint("event_id", "kind", "target"),
        CheckConstraint("least_percent BETWEEN 0 AND 100", name="percent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    kind: Mapped[QuotaKind] = mapped_column(stored(QuotaKind))
    target: Mapped[str] = mapped_column(String(20), default="")
    least_percent: Mapped[int]


class Reason(Base):
    """A reason that the call allows for a decision, with its text in each language."""

    __tablename__ = "reasons"
    __table_args__ = (UniqueConstraint("event_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    text_ar: Mapped[str] = mapped_column(String(300))
    text_fr: Mapped[str] = mapped_column(String(300))
    text_en: Mapped[str] = mapped_column(String(300))

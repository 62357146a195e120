"""Events, their stops and their call: documents, criteria, quotas and reasons."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fairapp.events.domain import (
    CriterionSource,
    EventKind,
    EventLevel,
    QuestionKind,
    QuestionPhase,
    QuotaKind,
)
from fairapp.foundation.database import Base, UtcDateTime, stored


class Event(Base):
    """A fair or a mobile market, with its call for registrations. Dates are local days.

    `objection_days` counts from the day of a decision; `draw_seed` settles ties and is published
    before the ranking; `offer_hours` is how long a place of the waiting list is kept for an answer.
    """

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
    objections_ar: Mapped[str | None] = mapped_column(Text)
    objections_fr: Mapped[str | None] = mapped_column(Text)
    objections_en: Mapped[str | None] = mapped_column(Text)
    objection_days: Mapped[int] = mapped_column(default=10)
    reviews_wanted: Mapped[int] = mapped_column(default=2)
    is_blind: Mapped[bool] = mapped_column(default=False)
    draw_seed: Mapped[str | None] = mapped_column(String(64))
    offer_hours: Mapped[int] = mapped_column(default=48)
    waiting_list_stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    details_due_on: Mapped[date | None]
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
    can_be_exempt: Mapped[bool] = mapped_column(default=False)


class Question(Base):
    """A question of this call alone. `choices` are [{code, ar, fr, en}]; `least` and `most` bound a number.

    Those of phase `details` are asked of the accepted alone.
    """

    __tablename__ = "questions"
    __table_args__ = (UniqueConstraint("event_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    phase: Mapped[QuestionPhase] = mapped_column(stored(QuestionPhase))
    kind: Mapped[QuestionKind] = mapped_column(stored(QuestionKind))
    title_ar: Mapped[str] = mapped_column(String(200))
    title_fr: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    hint_ar: Mapped[str | None] = mapped_column(String(200))
    hint_fr: Mapped[str | None] = mapped_column(String(200))
    hint_en: Mapped[str | None] = mapped_column(String(200))
    optional: Mapped[bool] = mapped_column(default=False)
    choices: Mapped[list[Any]] = mapped_column(JSON, default=list)
    least: Mapped[int | None]
    most: Mapped[int | None]


class Capacity(Base):
    """How many places the call offers, at a stop (empty: each stop) and in a sector (empty: all)."""

    __tablename__ = "capacities"
    __table_args__ = (
        UniqueConstraint("event_id", "stop_code", "sector_code"),
        CheckConstraint("places >= 0", name="places_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    stop_code: Mapped[str] = mapped_column(String(20), default="")
    sector_code: Mapped[str] = mapped_column(String(20), default="")
    places: Mapped[int]


class Criterion(Base):
    """A published rule by which registrations are scored; `weight` in points of 100.

    The committee gives 0 to `scale` points; a criterion with another source is computed from the file.
    """

    __tablename__ = "criteria"
    __table_args__ = (
        UniqueConstraint("event_id", "code"),
        CheckConstraint("weight BETWEEN 0 AND 100", name="weight_in_points"),
        CheckConstraint("scale BETWEEN 1 AND 20", name="scale_in_points"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    title_ar: Mapped[str] = mapped_column(String(200))
    title_fr: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    guide_ar: Mapped[str | None] = mapped_column(String(500))
    guide_fr: Mapped[str | None] = mapped_column(String(500))
    guide_en: Mapped[str | None] = mapped_column(String(500))
    weight: Mapped[int]
    scale: Mapped[int] = mapped_column(default=5)
    source: Mapped[CriterionSource] = mapped_column(
        stored(CriterionSource), default=CriterionSource.COMMITTEE
    )


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

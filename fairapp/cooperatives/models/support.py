"""Programmes that support cooperatives and networks that they belong to, dated, never overwritten."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fairapp.foundation.database import Base, UtcDateTime

_DATED = "until_on IS NULL OR since_on <= until_on"


class Programme(Base):
    """A public programme that supports cooperatives."""

    __tablename__ = "programmes"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name_ar: Mapped[str] = mapped_column(String(200))
    name_fr: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))


class Support(Base):
    """A cooperative is supported by a programme since a day, until another or still."""

    __tablename__ = "supports"
    __table_args__ = (CheckConstraint(_DATED, name="since_before_until"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id", ondelete="CASCADE"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    since_on: Mapped[date]
    until_on: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    programme: Mapped[Programme] = relationship(lazy="raise_on_sql")


class Network(Base):
    """A network or union of cooperatives; `body_id` is its own entry in the directory, if it has one.

    Accounts of that body may file for those who are its members on the day.
    """

    __tablename__ = "networks"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    name_ar: Mapped[str] = mapped_column(String(200))
    name_fr: Mapped[str] = mapped_column(String(200))
    province_code: Mapped[str | None] = mapped_column(String(6))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Membership(Base):
    """A cooperative is a member of a network since a day, until another or still."""

    __tablename__ = "memberships"
    __table_args__ = (CheckConstraint(_DATED, name="since_before_until"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id", ondelete="CASCADE"), index=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id"), index=True)
    since_on: Mapped[date]
    until_on: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    network: Mapped[Network] = relationship(lazy="raise_on_sql")

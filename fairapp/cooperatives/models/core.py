"""Cooperatives: every body that exhibits; `legal_kind` tells them apart."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fairapp.foundation.database import Base, UtcDateTime


class Cooperative(Base):
    """A body that may register. Counts of members are as it declared them; None is not stated.

    `words_ar` and `words_fr` are the folded words of a name in alphabetical order, without those that
    only say what kind of body it is: under them duplicates meet. A cooperative that was merged into
    another (`merged_into_id`) stays for its history and is offered nowhere.
    """

    __tablename__ = "cooperatives"
    __table_args__ = (
        CheckConstraint("members IS NULL OR members >= 0", name="members_not_negative"),
        CheckConstraint(
            "women_members IS NULL OR (women_members >= 0 AND (members IS NULL OR women_members <= members))",
            name="women_among_members",
        ),
        CheckConstraint(
            "youth_members IS NULL OR (youth_members >= 0 AND (members IS NULL OR youth_members <= members))",
            name="youth_among_members",
        ),
        Index(None, "name_key"),
        Index(None, "phone"),
        Index(None, "register_number"),
        Index(None, "words_ar", "province_code"),
        Index(None, "words_fr", "province_code"),
        Index(None, "ice"),
        Index(None, "province_code"),
        Index(None, "register_number", "register_court"),
        # what one scan counts of the directory, and who was merged into whom
        Index(
            "ix_cooperatives_counted", "merged_into_id", "legal_kind", "province_code", "women_led", "rural"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    name_ar: Mapped[str] = mapped_column(String(200))
    name_fr: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(400))
    legal_kind: Mapped[str] = mapped_column(String(40))
    register_court: Mapped[str | None] = mapped_column(String(120))
    register_number: Mapped[str | None] = mapped_column(String(60))
    ice: Mapped[str | None] = mapped_column(String(15))
    province_code: Mapped[str] = mapped_column(String(6))
    commune: Mapped[str] = mapped_column(String(120))
    douar: Mapped[str | None] = mapped_column(String(120))
    rural: Mapped[bool | None]
    founded_on: Mapped[date | None]
    members: Mapped[int | None]
    women_members: Mapped[int | None]
    youth_members: Mapped[int | None]
    women_led: Mapped[bool | None]
    phone: Mapped[str | None] = mapped_column(String(16))
    email: Mapped[str | None] = mapped_column(String(254))
    words_ar: Mapped[str] = mapped_column(String(200), default="")
    words_fr: Mapped[str] = mapped_column(String(200), default="")
    about_ar: Mapped[str | None] = mapped_column(String(500))
    about_fr: Mapped[str | None] = mapped_column(String(500))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("cooperatives.id"))
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))

    sectors: Mapped[list["CooperativeSector"]] = relationship(
        lazy="raise_on_sql", order_by="CooperativeSector.sector_code"
    )


class CooperativeSector(Base):
    """A sector in which a cooperative works."""

    __tablename__ = "cooperative_sectors"
    __table_args__ = (Index(None, "sector_code", "cooperative_id"),)

    cooperative_id: Mapped[int] = mapped_column(
        ForeignKey("cooperatives.id", ondelete="CASCADE"), primary_key=True
    )
    sector_code: Mapped[str] = mapped_column(String(20), primary_key=True)

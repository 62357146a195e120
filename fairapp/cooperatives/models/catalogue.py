"""Products of cooperatives, as the public sees them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fairapp.files.models import StoredFile
from fairapp.foundation.database import Base, UtcDateTime


class CatalogueProduct(Base):
    """A product of a cooperative with its photo. The price, in centimes, is for `unit` and may be unknown."""

    __tablename__ = "catalogue_products"
    __table_args__ = (CheckConstraint("price_minor IS NULL OR price_minor > 0", name="price_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name_ar: Mapped[str] = mapped_column(String(120))
    name_fr: Mapped[str] = mapped_column(String(120))
    sector_code: Mapped[str] = mapped_column(String(20))
    price_minor: Mapped[int | None]
    unit: Mapped[str | None] = mapped_column(String(40))
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"))
    is_public: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    photo: Mapped[StoredFile | None] = relationship(lazy="raise_on_sql")

"""Imports of registers, and what each row does."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fairapp.audit.models import BigId
from fairapp.foundation.database import Base, UtcDateTime, stored
from fairapp.imports.domain import ImportState, RowChoice, RowOutcome


class Import(Base):
    """A register sent as CSV or XLSX. `found` says which encoding, separator and columns were found,

    `counts` how many rows have which outcome, `worked_at` when the worker was last busy with it.
    """

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    filename: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[ImportState] = mapped_column(stored(ImportState))
    found: Mapped[dict[str, Any]] = mapped_column(JSON)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    problem: Mapped[str | None] = mapped_column(String(300))
    done_rows: Mapped[int] = mapped_column(default=0)
    total_rows: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    worked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ImportContent(Base):
    """The file itself, apart: SQLite writes a row whole. Forgotten once it was applied or dropped."""

    __tablename__ = "import_contents"

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportRow(Base):
    """One row of the file: what it says, what it would change, and what was there before (for undo).

    `seen` is the mark of the directory's entry as the row was compared with it, `new_code` the code
    that a new entry gets, `candidates` the ids of entries that it looks like with what makes it so,
    `cells` the row as it stands in the file, kept where a person has to look.
    """

    __tablename__ = "import_rows"
    __table_args__ = (UniqueConstraint("import_id", "number"), Index(None, "import_id", "outcome"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    number: Mapped[int]
    outcome: Mapped[RowOutcome] = mapped_column(stored(RowOutcome))
    choice: Mapped[RowChoice | None] = mapped_column(stored(RowChoice))
    cooperative_id: Mapped[int | None]
    new_code: Mapped[str | None] = mapped_column(String(8))
    seen: Mapped[str | None] = mapped_column(String(16))
    stated: Mapped[dict[str, Any]] = mapped_column(JSON)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    problems: Mapped[list[Any]] = mapped_column(JSON)
    candidates: Mapped[list[Any]] = mapped_column(JSON)
    cells: Mapped[list[Any] | None] = mapped_column(JSON)

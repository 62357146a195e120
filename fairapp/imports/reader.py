"""The dry run: a register read batch by batch and set beside the directory. Changes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from fairapp.imports import queries
from fairapp.imports.cells import text_of
from fairapp.imports.columns import find_headings, first_filled, names_somebody, recognise, shown_heading
from fairapp.imports.domain import MOST_ROWS
from fairapp.imports.errors import NameColumnUnknown, NothingInside, TooManyRows
from fairapp.imports.matching import Candidates, Earlier, Entry
from fairapp.imports.rows import JudgedRow, ReadRow, judge, read_rows
from fairapp.imports.sheets import Opened

ROWS_A_BATCH = 2_000
_SAMPLES = 3
_LONGEST_SAMPLE = 60


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the headings stand (row from 1) and which column is which field."""

    headings_row: int
    headings: tuple[str, ...]
    columns: Mapping[int, str]
    samples: Sequence[Sequence[str]]

    def stored(self, opened: Opened) -> dict[str, Any]:
        """Return what is kept and shown of how a file was understood."""
        return {
            "kind": opened.kind,
            "encoding": opened.encoding,
            "separator": opened.separator,
            "sheet": opened.sheet,
            "sheets": opened.sheets,
            "damaged": opened.damaged,
            "headings_row": self.headings_row,
            "headings": list(self.headings),
            "columns": {str(place): name for place, name in self.columns.items()},
            "samples": [list(row) for row in self.samples],
        }


def layout_of(opened: Opened, chosen: Mapping[str, str] | None) -> Layout:
    """Find the headings, and the columns unless a person chose them.

    Raises: NothingInside.
    """
    head = [[text_of(cell) for cell in row] for row in opened.head]
    if not any(any(row) for row in head):
        raise NothingInside()
    place = find_headings(head)
    if place is None:
        place = first_filled(head)
    width = max(len(row) for row in head)
    headings = [shown_heading(cell) for cell in head[place]]
    headings += [""] * (width - len(headings))
    columns = recognise(head[place]) if chosen is None else {int(key): name for key, name in chosen.items()}
    samples = [
        [cell[:_LONGEST_SAMPLE] for cell in row] for row in head[place + 1 : place + 1 + _SAMPLES] if any(row)
    ]
    return Layout(place + 1, tuple(headings), columns, samples)


def check_layout(layout: Layout) -> None:
    """Refuse a file in which no column says who a row is about.

    Raises: NameColumnUnknown.
    """
    if not names_somebody(layout.columns):
        raise NameColumnUnknown()


def judged_batches(
    session: Session, opened: Opened, layout: Layout, *, today: date, size: int = ROWS_A_BATCH
) -> Iterator[list[JudgedRow]]:
    """Yield what the rows would do, batch by batch, each set beside the directory as it is then.

    The session's transaction is given back before each batch is handed on.

    Raises: TooManyRows, NothingInside, LineUnreadable, FileUnreadable.
    """
    earlier = Earlier()
    rows = read_rows(opened.rows(), layout.columns, below=layout.headings_row)
    done = 0
    while batch := list(islice(rows, size)):
        done += len(batch)
        if done > MOST_ROWS:
            raise TooManyRows(most=MOST_ROWS)
        among = candidates_for(session, batch)
        session.rollback()
        yield [judge(row, among, earlier, today=today) for row in batch]
    if not done:
        raise NothingInside()


def candidates_for(session: Session, rows: Sequence[ReadRow]) -> Candidates:
    """Return the entries that some rows may be about. The same number of statements however many rows."""
    codes = queries.ids_of_codes(session, codes={row.code for row in rows if row.code})
    entries: dict[int, Entry] = {
        entry.id: entry
        for entry in queries.candidate_entries(
            session,
            numbers={row.stated["register_number"] for row in rows if "register_number" in row.stated},
            ices={row.keys.ice for row in rows if row.keys.ice},
            words={words for row in rows for words in row.keys.words},
        )
    }
    missing = set(codes.values()) - entries.keys()
    entries |= {entry.id: entry for entry in queries.entries_by_id(session, ids=missing)}
    return Candidates.of(entries.values(), codes)

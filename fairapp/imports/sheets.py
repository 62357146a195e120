"""Opening a register as people save it: which format, encoding and separator, and its rows.

CSV: UTF-8 with or without mark, UTF-16, windows-1256 (Arabic), windows-1252 (French) and a few old
ones; separators `;` `,` tab and `|`. XLSX: the sheet with the most known headings, read as a stream;
formulas give what they last computed and are never run.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from xml.etree.ElementTree import ParseError  # the error of openpyxl's own reading

from charset_normalizer import from_bytes
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from fairapp.imports.cells import text_of
from fairapp.imports.columns import ROWS_LOOKED_AT, recognise
from fairapp.imports.domain import MOST_COLUMNS, MOST_UNPACKED_BYTES
from fairapp.imports.errors import FileUnreadable, LineUnreadable, OldExcelFile

SEPARATORS = (";", ",", "\t", "|")
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CODE_PAGES = ("cp1256", "cp1252", "iso8859_6", "mac_roman", "cp850")
_LOOKED_AT_BYTES = 200_000
_SAMPLE_BYTES = 40_000
_MOST_DAMAGE = 0.002  # of the bytes of a file that is otherwise UTF-8
_MOST_CONTROLS = 0.01
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r")
_UTF16_HIGH_BYTES = frozenset(b"\x00\x06\x20\xfe")
_UTF16_SHARE = 0.9
_MOST_SHEETS = 12
_EMPTY_ROWS_AT_END = 2_000  # formatted, but empty: nobody scrolls past them
_ARABIC_WORD = re.compile("[\u0621-\u064a]{2,}")
_LATIN_WORD = re.compile("[a-zA-Z][àâäçéèêëîïôöùûüœÀÂÇÉÈÊËÎÏÔÙÛ]|[àâäçéèêëîïôöùûüœÀÂÇÉÈÊËÎÏÔÙÛ][a-zA-Z]")
_MIXED = re.compile(
    "[a-zA-Z][\u0621-\u064a]|[\u0621-\u064a][a-zA-Z]|[À-ÿ]{3,}|[\ufffd\u0080-\u009f¤¦¬±×÷ÐÞðþ]"
)
_XLSX_TROUBLE = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)
Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Opened:
    """A register that was opened. `head` holds its first rows; `damaged` counts unreadable places."""

    kind: str
    content: bytes
    head: tuple[Row, ...]
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    sheets: int = 1
    damaged: int = 0
    rows_about: int = 0

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Yield the rows with their numbers as a spreadsheet shows them, from 1.

        Raises: LineUnreadable, FileUnreadable.
        """
        if self.kind == "xlsx":
            yield from _xlsx_rows(self.content, self.sheet or "")
        else:
            yield from _csv_rows(self.content, self.encoding or "utf-8", self.separator or ",")


def open_register(content: bytes) -> Opened:
    """Open a file by its content; its name says nothing.

    Raises: OldExcelFile, FileUnreadable, LineUnreadable.
    """
    if content.startswith(_OLD_EXCEL):
        raise OldExcelFile()
    if content.startswith(_ZIP):
        return _open_xlsx(content)
    encoding, damaged = find_encoding(content)
    separator = find_separator(content, encoding)
    head = tuple(row for _number, row in islice(_csv_rows(content, encoding, separator), ROWS_LOOKED_AT))
    lines = content.count(b"\n") or content.count(b"\r")
    return Opened(
        "csv", content, head, encoding=encoding, separator=separator, damaged=damaged, rows_about=lines
    )


def find_encoding(content: bytes) -> tuple[str, int]:
    """Return the encoding of a text file, and how many of its places are damaged.

    Raises: FileUnreadable, for what is no text.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding, 0
    start = content[:_LOOKED_AT_BYTES]
    if len(start.translate(None, _CONTROLS)) < len(start) * (1 - _MOST_CONTROLS) and not _looks_wide(start):
        raise FileUnreadable()
    if start.count(0) or _looks_wide(start):
        return _wide_encoding(start), 0
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        damaged = content.decode("utf-8", "replace").count("\ufffd")
        beyond_ascii = sum(1 for byte in start if byte >= 0xC0)
        if damaged <= max(1, len(content) * _MOST_DAMAGE) and damaged * 10 < beyond_ascii:
            return "utf-8", damaged
        return _code_page(content), 0
    return "utf-8", 0


def _looks_wide(start: bytes) -> bool:
    return any(_share(start[place::2]) > _UTF16_SHARE for place in (0, 1)) and len(start) > 1


def _share(half: bytes) -> float:
    return sum(1 for byte in half if byte in _UTF16_HIGH_BYTES) / max(len(half), 1)


def _wide_encoding(start: bytes) -> str:
    low_first, high_first = _share(start[1::2]), _share(start[0::2])
    if max(low_first, high_first) > _UTF16_SHARE:
        return "utf-16-le" if low_first >= high_first else "utf-16-be"
    return "utf-8"  # a stray NUL, which is taken away from the cell


def _code_page(content: bytes) -> str:
    lines = [line for line in content[:_LOOKED_AT_BYTES].splitlines() if not line.isascii()]
    sample = b"\n".join(lines)[:_SAMPLE_BYTES]
    fits = {page: _plausibility(sample.decode(page, "replace")) for page in _CODE_PAGES}
    best = max(fits.values())
    likely = [page for page in _CODE_PAGES if fits[page] == best]
    if len(likely) == 1:
        return likely[0]
    guess = from_bytes(sample, cp_isolation=likely).best()
    guessed = guess.encoding if guess is not None else ""
    if set(likely) <= {"cp1256", "cp1252"} or guessed not in likely:
        return "cp1252" if "cp1252" in likely else likely[0]  # what both pages share are French letters
    return guessed


def _plausibility(text: str) -> int:
    good = sum(len(word) for word in _ARABIC_WORD.findall(text)) + 2 * len(_LATIN_WORD.findall(text))
    return good - 4 * len(_MIXED.findall(text))


def find_separator(content: bytes, encoding: str) -> str:
    """Return the separator under which the first rows look most like a table with known headings."""
    with _as_text(content, encoding) as text:
        lines = list(islice(text, 60))
    if lines and (told := re.fullmatch(r"\s*\"?sep=(.)\"?\s*", lines[0])) and told[1] in SEPARATORS:
        return told[1]
    return max(SEPARATORS, key=lambda separator: _table_likeness(lines, separator))


def _table_likeness(lines: Sequence[str], separator: str) -> tuple[int, float, int]:
    try:
        rows = [row for row in csv.reader(lines, delimiter=separator) if row]
    except csv.Error:
        return 0, 0.0, 0
    known = max((len(recognise(row)) for row in rows[:ROWS_LOOKED_AT]), default=0)
    widths = [len(row) for row in rows]
    usual = max(set(widths), key=widths.count, default=0)
    return known, widths.count(usual) / max(len(widths), 1) if usual > 1 else 0.0, usual


def _as_text(content: bytes, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding=encoding, errors="replace", newline="")


def _csv_rows(content: bytes, encoding: str, separator: str) -> Iterator[tuple[int, Row]]:
    number = 0
    with _as_text(content, encoding) as text:
        reader = csv.reader(text, delimiter=separator)
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise LineUnreadable(line=number) from error
            number += 1
            yield number, row[:MOST_COLUMNS]


def _open_xlsx(content: bytes) -> Opened:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > MOST_UNPACKED_BYTES:
            raise FileUnreadable()
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        heads = {sheet.title: _head(sheet) for sheet in book.worksheets[:_MOST_SHEETS]}
        if not heads:
            raise FileUnreadable()
        title = max(heads, key=lambda name: _known_headings(heads[name]))
        about = int(book[title].max_row or 0)
        book.close()
    except _XLSX_TROUBLE as error:
        raise FileUnreadable() from error
    return Opened("xlsx", content, heads[title], sheet=title, sheets=len(heads), rows_about=about)


def _head(sheet: Any) -> tuple[Row, ...]:
    return tuple(row[:MOST_COLUMNS] for row in islice(sheet.iter_rows(values_only=True), ROWS_LOOKED_AT))


def _known_headings(head: Sequence[Row]) -> tuple[int, int]:
    rows = [[text_of(cell) for cell in row] for row in head]
    return max((len(recognise(row)) for row in rows), default=0), sum(any(row) for row in rows)


def _xlsx_rows(content: bytes, title: str) -> Iterator[tuple[int, Row]]:
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book[title]
        sheet.reset_dimensions()  # some programs write them wrongly
        empty = 0
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
            empty = empty + 1 if not any(cell is not None for cell in row) else 0
            if empty > _EMPTY_ROWS_AT_END:
                break
            yield number, row[:MOST_COLUMNS]
        book.close()
    except _XLSX_TROUBLE as error:
        raise FileUnreadable() from error

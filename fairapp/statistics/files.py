"""Tables written as CSV and as spreadsheets, safe to open (promises A80, A81)."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from fairapp.foundation.money import to_decimal, to_text
from fairapp.foundation.text import clean
from fairapp.statistics.tables import Cell, CellKind, Column, Table

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NOT_IN_XML = dict.fromkeys((0xFFFE, 0xFFFF))
_FORMATS = {
    CellKind.NUMBER: "#,##0",
    CellKind.DAY: "yyyy-mm-dd",
    CellKind.AMOUNT: "#,##0.00",
    CellKind.RATE: "0.0%",
}
_NOT_IN_SHEET_NAMES = re.compile(r"[\\/*?:\[\]]")
_LONGEST_SHEET_NAME = 31
_WIDTHS = {CellKind.TEXT: 28, CellKind.AMOUNT: 20}
_WIDTH = 16


def to_csv(table: Table) -> bytes:
    """Write a table as RFC 4180 with machine names as header; text that a spreadsheet would
    take for a formula gets a quote in front.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.key for column in table.columns])
    for row in table.rows:
        writer.writerow([_plain(value, column) for value, column in zip(row, table.columns, strict=True)])
    return text.getvalue().encode()


def defused(text: str) -> str:
    """Return text that no spreadsheet takes for a formula, without control characters."""
    kept = _printable(text)
    return f"'{kept}" if kept.startswith(_FORMULA_STARTS) else kept


def _printable(text: str) -> str:
    """Return text without control characters and what XML cannot hold."""
    return clean(text).translate(_NOT_IN_XML)


def to_xlsx(notes: Mapping[str, str], tables: Sequence[Table], *, notes_name: str, rtl: bool) -> bytes:
    """Write tables as a workbook: the notes first, then one table a sheet with a frozen head."""
    book = Workbook(write_only=True)
    sheet = _sheet(book, notes_name, rtl)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 34, 90
    for label, text in notes.items():
        sheet.append([_text(sheet, label, bold=True), _text(sheet, text)])
    for table in tables:
        _write(book, table, rtl)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _write(book: Workbook, table: Table, rtl: bool) -> None:
    sheet = _sheet(book, table.name, rtl)
    sheet.freeze_panes = "A2"
    for place, column in enumerate(table.columns):
        letter = _letters(place)
        sheet.column_dimensions[letter].width = _WIDTHS.get(column.kind, _WIDTH)
    sheet.append([_text(sheet, column.head, bold=True) for column in table.columns])
    for row in table.rows:
        sheet.append([_real(sheet, value, column) for value, column in zip(row, table.columns, strict=True)])


def _sheet(book: Workbook, name: str, rtl: bool) -> Any:
    sheet = book.create_sheet(_NOT_IN_SHEET_NAMES.sub(" ", _printable(name))[:_LONGEST_SHEET_NAME])
    sheet.sheet_view.rightToLeft = rtl
    return sheet


def _letters(place: int) -> str:
    first, second = divmod(place, 26)
    return (chr(64 + first) if first else "") + chr(65 + second)


def _text(sheet: Any, value: str, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=_printable(value))
    cell.data_type = "s"  # openpyxl would make a formula of "=1+1"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _real(sheet: Any, value: Cell, column: Column) -> Any:
    if value is None:
        return None
    if isinstance(value, str):
        return _text(sheet, value)
    number = to_decimal(value) if column.kind is CellKind.AMOUNT and isinstance(value, int) else value
    cell = WriteOnlyCell(sheet, value=number)
    cell.number_format = _FORMATS.get(column.kind, "General")
    return cell


def _plain(value: Cell, column: Column) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return defused(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:.3f}"
    return to_text(value) if column.kind is CellKind.AMOUNT else str(value)

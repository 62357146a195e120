"""Files that are safe to open and read back as they were (promises A80, A81)."""

import csv
import io
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from fairapp.foundation.text import clean
from fairapp.statistics.files import defused, to_csv, to_xlsx
from fairapp.statistics.tables import Cell, CellKind, Column, Table

_COLUMNS = (
    Column("name", "الاسم", CellKind.TEXT),
    Column("people", "People"),
    Column("day", "Day", CellKind.DAY),
    Column("amount", "Amount", CellKind.AMOUNT),
    Column("rate", "Rate", CellKind.RATE),
)
_ROW: list[Cell] = ["تعاونية 3 – Argan", 12, date(2027, 5, 28), 125_050, Decimal("0.750")]
_EMPTY: list[Cell] = [None] * 5
_names = st.text(max_size=40) | st.sampled_from(
    ["=1+1", "+212612345678", "-2", "@SUM(A1)", "\t=1", "\x0b=1", "'=1"]
)


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def test_csv_has_machine_names_and_plain_values() -> None:
    assert read_csv(to_csv(Table("t", _COLUMNS, [_ROW, _EMPTY]))) == [
        ["name", "people", "day", "amount", "rate"],
        ["تعاونية 3 – Argan", "12", "2027-05-28", "1250.50", "0.750"],
        [""] * 5,
    ]


def test_xlsx_has_notes_first_real_values_a_frozen_head_and_the_direction() -> None:
    content = to_xlsx({"As of": "today"}, [Table("By day", _COLUMNS, [_ROW])], notes_name="Notes", rtl=True)

    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Notes", "By day"]
    assert [[cell.value for cell in row] for row in book["Notes"].rows] == [["As of", "today"]]
    sheet = book["By day"]
    assert sheet.freeze_panes == "A2"
    assert sheet.sheet_view.rightToLeft
    assert [cell.value for cell in sheet[1]] == ["الاسم", "People", "Day", "Amount", "Rate"]
    name, people, day, amount, rate = (cell.value for cell in sheet[2])
    assert (name, people, day.date(), amount, rate) == (
        "تعاونية 3 – Argan",
        12,
        date(2027, 5, 28),
        1250.5,
        0.75,
    )
    assert not sheet.merged_cells.ranges


def test_negative_amounts_stay_numbers() -> None:
    table = Table("t", (Column("amount", "Amount", CellKind.AMOUNT),), [[-5_000]])

    assert read_csv(to_csv(table))[1] == ["-50.00"]


@settings(deadline=None)
@given(_names)
def test_no_text_becomes_a_formula_and_every_text_comes_back(name: str) -> None:
    table = Table("t", (Column("name", "Name", CellKind.TEXT),), [[name], ["end"]])
    kept = clean(name).replace("\ufffe", "").replace("\uffff", "")

    [cell], [end] = read_csv(to_csv(table))[1:] if kept else ([""], ["end"])
    assert cell == defused(name)
    assert cell.removeprefix("'") == kept.removeprefix("'")
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert end == "end"

    sheet = load_workbook(io.BytesIO(to_xlsx({}, [table], notes_name="Notes", rtl=False)))["t"]
    assert sheet["A2"].data_type != "f"
    assert (sheet["A2"].value or "").replace("\r\n", "\n") == kept.replace("\r\n", "\n")

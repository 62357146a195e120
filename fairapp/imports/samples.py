"""Files that an import gives out: samples with the lists of codes, and the rows that have problems."""

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from fairapp.foundation.sheets import write_csv
from fairapp.foundation.text import clean
from fairapp.imports.columns import FIELDS, SHOWN_HEADINGS
from fairapp.reference.queries import Entry, legal_kinds, provinces, sectors

# Cells of the examples in the order of FIELDS, parted by bars; figures are written as numbers.
_EXAMPLES = {
    "ar": (
        "|تعاونية النور للعسل|Coopérative Nour Miel|تعاونية|خنيفرة|12/2019||خنيفرة|أجلموس|آيت سيدي|قروي"
        "|العسل وتربية النحل|28/05/2019|12|12|4|نعم|06 12 34 56 78|",
        "|جمعية الأنامل||جمعية||||05.301|خنيفرة||حضري"
        "|الطرز؛ الخياطة التقليدية|2021|25|20|8|لا|0535123456|anamil@example.ma",
    ),
    "fr": (
        "|تعاونية النور للعسل|Coopérative Nour Miel|Coopérative|Khénifra|12/2019||Khénifra|Ajelmous"
        "|Aït Sidi|rural|Miel et apiculture|28/05/2019|12|12|4|oui|06 12 34 56 78|",
        "||Association Anamil|Association||||05.301|Khénifra||urbain"
        "|Broderie; Couture traditionnelle|2021|25|20|8|non|0535123456|anamil@example.ma",
    ),
}
_FIGURES = ("members", "women_members", "youth_members")
_LIST_HEADS = {
    "ar": (("الأقاليم", "القطاعات", "الأشكال القانونية"), ("الرمز", "الاسم"), "السجل"),
    "fr": (("Provinces", "Secteurs", "Formes juridiques"), ("Code", "Nom"), "Registre"),
}


def _examples(language: str) -> list[list[str | int]]:
    return [
        [int(cell) if name in _FIGURES else cell for name, cell in zip(FIELDS, line.split("|"), strict=True)]
        for line in _EXAMPLES[language]
    ]


def sample_csv(language: str) -> bytes:
    """Return the sample as CSV, with headings in Arabic or French."""
    heads = [SHOWN_HEADINGS[language][name] for name in FIELDS]
    return write_csv(heads, _examples(language))


def sample_xlsx(language: str) -> bytes:
    """Return the sample as a workbook: the table, then the lists of codes, each on its sheet."""
    lists, heads, table_name = _LIST_HEADS[language]
    book = Workbook(write_only=True)
    shown = [SHOWN_HEADINGS[language][name] for name in FIELDS]
    _sheet(book, table_name, shown, _examples(language), language)
    for title, entries in zip(lists, (provinces(), sectors(), legal_kinds()), strict=True):
        _sheet(book, title, heads, _codes(entries, language), language)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _codes(entries: Mapping[str, Entry], language: str) -> Iterator[tuple[str, str]]:
    for entry in entries.values():
        yield entry.code, entry.name(language)


def _sheet(book: Workbook, title: str, heads: Sequence[str], rows: Any, language: str) -> None:
    sheet = book.create_sheet(title)
    sheet.sheet_view.rightToLeft = language == "ar"
    sheet.freeze_panes = "A2"
    for place in range(len(heads)):
        sheet.column_dimensions[chr(65 + place)].width = 22
    sheet.append([_text(sheet, head, bold=True) for head in heads])
    for row in rows:
        sheet.append([_text(sheet, cell) if isinstance(cell, str) else cell for cell in row])


def _text(sheet: Any, value: str, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=clean(value))
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell


def problems_csv(heads: Sequence[str], rows: Iterator[Sequence[object]]) -> bytes:
    """Return the rows that a person has to look at, as they stand in the file, with what is wrong."""
    return write_csv(heads, rows)

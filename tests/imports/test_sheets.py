"""Opening registers as people save them: encodings, separators, workbooks, broken files."""

import pytest

from fairapp.imports import sheets
from fairapp.imports.errors import FileUnreadable, LineUnreadable, OldExcelFile
from fairapp.imports.reader import layout_of
from fairapp.imports.sheets import open_register
from tests.factories.imports import register_csv, register_xlsx

ARABIC = (("تعاونية الأمل", "خنيفرة", "أجلموس"), ("اسم التعاونية", "الإقليم", "الجماعة"))
FRENCH = (("Coopérative Été École", "Khénifra", "Aït Bouguemez"), ("Nom", "Province", "Commune"))
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")


def opened_as(row: tuple[str, ...], heads: tuple[str, ...], encoding: str, separator: str) -> list[object]:
    content = register_csv(row, headings=heads, separator=separator, encoding=encoding)
    opened = open_register(content)
    assert opened.separator == separator
    return list(opened.head[1])


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", [*ENCODINGS, "cp1256", "iso8859_6"])
def test_arabic_register_is_read_in_its_encoding(encoding: str, separator: str) -> None:
    row, heads = ARABIC
    assert opened_as(row, heads, encoding, separator) == list(row)


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", [*ENCODINGS, "cp1252", "mac_roman"])
def test_french_register_is_read_in_its_encoding(encoding: str, separator: str) -> None:
    row, heads = FRENCH
    assert opened_as(row, heads, encoding, separator) == list(row)


def test_both_languages_in_windows_1256_are_read() -> None:
    row = ("تعاونية الأمل", "Coopérative été", "Khénifra")
    content = register_csv(row, headings=("الاسم", "Nom", "Province"), encoding="cp1256")
    assert list(open_register(content).head[1]) == list(row)


def test_one_damaged_place_in_utf8_is_counted_and_the_rest_read() -> None:
    content = register_csv(*[ARABIC[0]] * 200, headings=ARABIC[1]).replace("أجلموس".encode(), b"\xd8;", 1)
    opened = open_register(content)
    assert (opened.encoding, opened.damaged) == ("utf-8", 1)


def test_separator_that_the_first_line_tells_is_taken() -> None:
    assert open_register(b"sep=|\nNom|Province\nA; B|C\n").separator == "|"


def test_titles_above_the_headings_are_passed_over() -> None:
    content = b"Registre 2026;;\n;;\nNom;Province;Commune\nA;B;C\n"
    layout = layout_of(open_register(content), None)
    assert (layout.headings_row, dict(layout.columns)) == (3, {0: "name_fr", 1: "province", 2: "commune"})


def test_line_breaks_and_quotes_inside_cells_are_read() -> None:
    opened = open_register(b'Nom;Province\n"A ""B""\nC";D\n')
    assert [row for _number, row in opened.rows()][1] == ['A "B"\nC', "D"]


@pytest.mark.parametrize(
    "content, error",
    [
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, OldExcelFile),
        (b"PK\x03\x04 no archive", FileUnreadable),
        (bytes(range(256)) * 40, FileUnreadable),
    ],
    ids=["xls", "broken zip", "binary"],
)
def test_what_is_no_table_is_refused(content: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        open_register(content)


def test_quote_that_is_never_closed_is_told_with_its_line() -> None:
    with pytest.raises(LineUnreadable) as refused:
        list(open_register(b'Nom;Province\nA;B\n"C;D\n' + b"x;y\n" * 80_000).rows())
    assert refused.value.values["line"] == 2


def test_archive_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_UNPACKED_BYTES", 1_000)
    with pytest.raises(FileUnreadable):
        open_register(register_xlsx(("A", "B", "C")))


def test_workbook_is_read_from_the_sheet_with_the_headings() -> None:
    opened = open_register(register_xlsx(("A", "Khénifra", "Khénifra")))
    assert [row for _number, row in opened.rows()] == [
        ("Nom", "Province", "Commune"),
        ("A", "Khénifra", "Khénifra"),
    ]

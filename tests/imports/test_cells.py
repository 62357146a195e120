"""Values as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairapp.imports.cells import READERS, CellUnreadable, kind_by_name, text_of
from fairapp.imports.columns import FIELDS, HEADINGS, field_of, recognise
from fairapp.imports.matching import mark_of
from fairapp.imports.rows import read_row

DAY = "2012-05-28"


@pytest.mark.parametrize(
    "written",
    [
        "28/05/2012",
        "2012-05-28",
        "2012/05/28",
        "28.5.12",
        "٢٨/٠٥/٢٠١٢",
        "28 mai 2012",
        "28 ماي 2012",
        "28 May 2012",
        "41057",
        "41057.0",
        "2012-05-28 00:00:00",
        "2012-05-28T00:00:00",
        "28/05/2012 00:00",
    ],
)
def test_day_is_read_in_any_usual_writing(written: str) -> None:
    assert READERS["founded_on"](written) == DAY


@pytest.mark.parametrize("written", ["31/02/2012", "99/99/2020", "hier", "12", "0012-05-28", "28 foo 2012"])
def test_what_is_no_day_is_refused(written: str) -> None:
    with pytest.raises(CellUnreadable):
        READERS["founded_on"](written)


@pytest.mark.parametrize(
    "name, written, read",
    [
        ("province", "05.301", "05.301"),
        ("province", "5.301", "05.301"),
        ("province", "٠٥.٣٠١", "05.301"),
        ("province", "إقليم خنيفرة", "05.301"),
        ("province", "Province de Khénifra", "05.301"),
        ("province", "KHENIFRA", "05.301"),
        ("legal_kind", "تعاونية", "cooperative"),
        ("legal_kind", "Coop", "cooperative"),
        ("legal_kind", "G.I.E", "gie"),
        ("legal_kind", "association", "association"),
        ("legal_kind", "اتحاد التعاونيات", "union_of_cooperatives"),
        ("sectors", "AGR-HONEY", ["AGR-HONEY"]),
        ("sectors", "Miel et apiculture; Tapis", ["AGR-HONEY", "CRAFT-CARPET"]),
        ("sectors", "العسل، الفخار", ["AGR-HONEY", "CRAFT-POTTERY"]),
        ("members", "١٢", 12),
        ("members", "1 200", 1200),
        ("members", "12,0", 12),
        ("phone", "6 12 34 56 78", "+212612345678"),
        ("phone", "0612345678 / 0535123456", "+212612345678"),
        ("ice", "1561191000066", "001561191000066"),
        ("ice", "001 561 191 000 066", "001561191000066"),
        ("women_led", "نعم", True),
        ("women_led", "Homme", False),
        ("rural", "قروي", True),
        ("rural", "Urbain", False),
        ("email", "mailto:a@b.ma", "a@b.ma"),
    ],
)
def test_value_is_read_in_any_usual_writing(name: str, written: str, read: object) -> None:
    value = READERS[name](written)
    assert (value, type(value)) == (read, type(read))


@pytest.mark.parametrize(
    "name, written",
    [
        ("members", "beaucoup"),
        ("members", "-3"),
        ("members", "3,5"),
        ("members", "NaN"),
        ("members", "1e999"),
        ("members", "²"),
        ("phone", "12"),
        ("email", "a@b"),
        ("email", "a b@c.ma"),
        ("ice", "1,56E+12"),
        ("province", "Atlantide"),
        ("sectors", "Magie"),
        ("legal_kind", "Empire"),
        ("name_fr", "x" * 201),
        ("code", "ABCD"),
    ],
)
def test_value_that_is_none_is_refused(name: str, written: str) -> None:
    with pytest.raises(CellUnreadable):
        READERS[name](written)


def test_formula_stays_a_text() -> None:
    assert (text_of("'=1+1"), text_of("=HYPERLINK(1)"), text_of("'Adl")) == ("=1+1", "=HYPERLINK(1)", "'Adl")


def test_kind_is_told_by_the_first_word_of_a_name() -> None:
    assert [kind_by_name(name) for name in ("جمعية النور", "Coopérative X", "Les amis")] == [
        "association",
        "cooperative",
        None,
    ]


def test_headings_of_all_fields_are_known_once() -> None:
    assert {name: {field_of(heading) for heading in headings} for name, headings in HEADINGS.items()} == {
        name: {name} for name in FIELDS
    }


@given(cells=st.lists(st.text(max_size=40), min_size=len(FIELDS), max_size=len(FIELDS)))
def test_no_row_of_any_text_breaks_the_reading(cells: list[str]) -> None:
    row = read_row(2, [text_of(cell) for cell in cells], list(enumerate(FIELDS)))
    assert len(mark_of(row.stated)) == 16


@given(
    cell=st.one_of(
        st.none(),
        st.integers(),
        st.floats(),
        st.booleans(),
        st.dates(),
        st.datetimes(),
        st.text(),
        st.binary(),
    )
)
def test_any_cell_becomes_a_text_on_one_line(cell: object) -> None:
    text = text_of(cell)
    assert text == text.strip()
    assert "\x00" not in text
    assert "\n" not in text


def test_local_register_beside_its_court_is_the_number() -> None:
    """Both ways of printing a register are read: the register by its court, or its number and the court."""
    beside = recognise(("الاسم بالعربية", "السجل المحلي", "المحكمة"))
    assert beside == {0: "name_ar", 1: "register_number", 2: "register_court"}
    alone = recognise(("Nom", "Registre local", "Numéro d’immatriculation"))
    assert alone[1] == "register_court"
    assert alone[2] == "register_number"

"""Sheets of stands: read as people save them, compared line by line, and written."""

from dataclasses import replace

import pytest

from fairapp.stands.domain import StandKind, StandPlan
from fairapp.stands.errors import SheetEmpty, SheetUnreadable, TooManyStands
from fairapp.stands.sheets import Outcome, compare, read_sheet, write_sheet

PLAN = StandPlan("A-01", zone="A", width_cm=350, depth_cm=300, x_cm=0, y_cm=150, power=True)
TEXT = "code;zone;kind;width_m;depth_m;x_m;y_m;power;water;corner;step_free\n"
TEXT += "A-01;A;exhibitor;3,5;3;0;1,5;1;0;0;0\n"


def test_read_sheet_gives_back_what_was_written() -> None:
    text = write_sheet([PLAN, StandPlan("B-1", kind=StandKind.SERVICE, x_cm=0, y_cm=0)])
    sheet = read_sheet(text.encode("utf-8-sig"))
    assert [line.plan for line in sheet.lines] == [
        PLAN,
        StandPlan("B-1", kind=StandKind.SERVICE, x_cm=0, y_cm=0),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1256", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_read_sheet_finds_encoding_and_separator(encoding: str, separator: str) -> None:
    text = TEXT.replace("3,5", "3.5").replace("1,5", "1.5").replace(";", separator)
    [line] = read_sheet(text.encode(encoding)).lines
    assert line.plan == PLAN


@pytest.mark.parametrize(
    "zone,encoding",
    [("الغذاء", "cp1256"), ("الغذاء", "utf-8"), ("Été à côté", "cp1252"), ("Épices", "utf-16")],
)
def test_read_sheet_reads_names_in_every_encoding(zone: str, encoding: str) -> None:
    [line] = read_sheet(f"code;zone\nA-1;{zone}\n".encode(encoding)).lines
    assert line.plan is not None
    assert line.plan.zone == zone


@pytest.mark.parametrize(
    "header,row,expected",
    [
        ("الرواق;النوع;العرض;كهرباء", "A-1;عارض;٤;نعم", replace(StandPlan("A-1"), width_cm=400, power=True)),
        (
            "Numéro;Type;Largeur;Eau",
            "A-1;Institution;2;oui",
            StandPlan("A-1", kind=StandKind.INSTITUTION, width_cm=200, water=True),
        ),
        ("CODE;Power;Water", "A-1;No;", StandPlan("A-1")),
    ],
    ids=["arabic", "french", "english"],
)
def test_read_sheet_knows_words_of_three_languages(header: str, row: str, expected: StandPlan) -> None:
    [line] = read_sheet(f"{header}\n{row}\n".encode()).lines
    assert line.plan == expected


@pytest.mark.parametrize(
    "row,columns",
    [
        (";A;exhibitor;3", ["code"]),
        ("A 1;A;exhibitor;3", ["code"]),
        ("A-1;A;palace;three", ["kind", "width_m"]),
        ("A-1;A;exhibitor;0,1", ["width_m"]),
        ("A-1;A;exhibitor;1000000", ["width_m"]),
        ("A-1;" + "x" * 21 + ";exhibitor;3", ["zone"]),
        ("A-1;A;exhibitor;NaN", ["width_m"]),
    ],
)
def test_read_sheet_keeps_what_is_wrong_with_the_line(row: str, columns: list[str]) -> None:
    [line] = read_sheet(f"code;zone;kind;width_m\n{row}\n".encode()).lines
    assert line.plan is None
    assert sorted(fault.column for fault in line.faults) == sorted(columns)
    assert line.number == 2


def test_read_sheet_with_one_code_twice_names_the_first_line() -> None:
    sheet = read_sheet(b"code\nA-1\n\na-1\n")
    assert [(line.number, len(line.faults)) for line in sheet.lines] == [(2, 0), (4, 1)]
    assert sheet.faulty[0].faults[0].values == {"line": 2}


@pytest.mark.parametrize(
    "content,refusal",
    [
        (b"", SheetUnreadable),
        (b"name;zone\nA;B\n", SheetUnreadable),
        (b"PK\x03\x04\x00\x00", SheetUnreadable),
        (b"x" * 1_000_001, SheetUnreadable),
        (b"code;zone\n;\n", SheetEmpty),
        (b"code\n" + b"\n".join(b"A-%d" % n for n in range(2001)), TooManyStands),
    ],
    ids=["empty", "no code", "spreadsheet", "huge", "no line", "too many"],
)
def test_read_sheet_that_is_none_is_refused(content: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        read_sheet(content)


def test_compare_tells_what_each_line_would_do() -> None:
    sheet = read_sheet(b"code;power;colour\nA-01;1\nA-02;1\nA-03;1\n")
    existing = {"a-01": PLAN, "a-02": StandPlan("A-02", x_cm=5, y_cm=5)}
    compared = compare(sheet, existing, [])
    assert [(line.outcome, line.columns) for line in compared] == [
        (Outcome.SAME, ()),
        (Outcome.CHANGED, ("power",)),
        (Outcome.ADDED, ()),
    ]
    assert compared[1].plan == StandPlan("A-02", x_cm=5, y_cm=5, power=True)
    assert sheet.unknown == ("colour",)


def test_compare_keeps_held_stands_for_exhibitors() -> None:
    sheet = read_sheet(b"code;kind\nA-01;service\n")
    [line] = compare(sheet, {"a-01": PLAN}, ["a-01"])
    assert line.outcome is Outcome.FAULTY


def test_write_sheet_disarms_formulas_in_zones() -> None:
    text = write_sheet([replace(PLAN, zone="=1+1")])
    assert "'=1+1" in text
    [line] = read_sheet(text.encode()).lines
    assert line.plan is not None
    assert line.plan.zone == "=1+1"

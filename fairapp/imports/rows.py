"""From the rows of a file to what each would do. Pure: candidates of the directory are handed in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from fairapp.cooperatives.domain import CooperativeProfile, check_profile
from fairapp.cooperatives.errors import NameMissing
from fairapp.foundation.errors import RuleViolation
from fairapp.foundation.text import N_, fold
from fairapp.imports.cells import EMPTY_SIGNS, READERS, CellUnreadable, ice_is_right, kind_by_name, text_of
from fairapp.imports.columns import field_of
from fairapp.imports.domain import CellProblem, RowOutcome
from fairapp.imports.matching import (
    Candidates,
    Earlier,
    Entry,
    Keys,
    Match,
    after,
    changes_of,
    keys_of,
    match,
)

_COLUMN_OF = {"province": "province_code"}
_FIELD_OF = {column: name for name, column in _COLUMN_OF.items()}
_PROFILE_FIELDS = tuple(CooperativeProfile.__dataclass_fields__)
_LONGEST_CELL = 300


@dataclass(slots=True)
class ReadRow:
    """One row: what it states (by the columns of the directory), and what is wrong with it."""

    number: int
    stated: dict[str, Any]
    problems: list[CellProblem]
    cells: list[str]
    keys: Keys
    code: str = ""

    @property
    def is_wrong(self) -> bool:
        """Whether anything but a warning was found."""
        return any(not problem.is_warning for problem in self.problems)


@dataclass(slots=True)
class JudgedRow:
    """What a row would do, as it is kept."""

    row: ReadRow
    outcome: RowOutcome
    entry: Entry | None = None
    before: dict[str, Any] | None = None
    candidates: tuple[tuple[int, str], ...] = ()
    problems: list[CellProblem] = field(default_factory=list)


def read_rows(
    rows: Iterable[tuple[int, Sequence[Any]]], columns: Mapping[int, str], *, below: int
) -> Iterator[ReadRow]:
    """Read the rows below the headings; empty ones and repeated headings are passed over."""
    places = sorted(columns.items())
    for number, row in rows:
        if number <= below:
            continue
        if not any(cell is not None and cell != "" for cell in row):
            continue
        cells = [text_of(cell) for cell in row]
        if any(cells) and not _is_heading(cells, columns):
            yield read_row(number, cells, places)


def _is_heading(cells: Sequence[str], columns: Mapping[int, str]) -> bool:
    first = next((place for place in columns if place < len(cells) and cells[place]), None)
    return first is not None and field_of(cells[first]) == columns[first]


def read_row(number: int, cells: list[str], places: Sequence[tuple[int, str]]) -> ReadRow:
    """Read one row by its columns, in the order of `places`."""
    stated: dict[str, Any] = {}
    problems: list[CellProblem] = []
    code = ""
    for place, name in places:
        text = cells[place] if place < len(cells) else ""
        if not text or text.casefold() in EMPTY_SIGNS:
            continue
        try:
            value = READERS[name](text)
        except CellUnreadable as unreadable:
            problems.append(CellProblem(name, unreadable.sentence, unreadable.values))
            continue
        if name == "code":
            code = str(value)
        else:
            stated[_COLUMN_OF.get(name, name)] = value
    if "ice" in stated and not ice_is_right(stated["ice"]):
        problems.append(
            CellProblem("ice", N_("Check the ICE: its check digits do not agree."), is_warning=True)
        )
    return ReadRow(number, stated, problems, cells, keys_of(_with_kind(stated), code), code)


def _with_kind(stated: Mapping[str, Any]) -> dict[str, Any]:
    if "legal_kind" in stated:
        return dict(stated)
    kind = next((kind_by_name(stated[name]) for name in ("name_ar", "name_fr") if stated.get(name)), None)
    return {**stated, "legal_kind": kind or "cooperative"}


def judge(row: ReadRow, among: Candidates, earlier: Earlier, *, today: date) -> JudgedRow:
    """Return what a row would do to the directory."""
    if row.is_wrong:
        return JudgedRow(row, RowOutcome.WRONG, problems=row.problems)
    if not (row.keys.words or row.code or row.keys.register or row.keys.ice):
        return _wrong(row, CellProblem("name_ar", NameMissing.message))
    found = match(row.keys, among, row.stated.get("province_code", ""))
    if row.code and found.entry_id is None:
        return _wrong(row, CellProblem("code", N_("No entry of the directory bears this code.")))
    place = (row.stated.get("province_code", ""), fold(row.stated.get("commune", "")))
    if said := earlier.find_or_keep(row.number, row.keys, place, found.entry_id):
        problem = CellProblem("", N_("Row %(row)s says it already."), {"row": said})
        return JudgedRow(row, RowOutcome.REPEATED, problems=[*row.problems, problem])
    return judged_against(row, found, among, today=today)


def _wrong(row: ReadRow, problem: CellProblem) -> JudgedRow:
    return JudgedRow(row, RowOutcome.WRONG, problems=[*row.problems, problem])


def judged_against(row: ReadRow, found: Match, among: Candidates, *, today: date) -> JudgedRow:
    """Return what a row would do when it is about the entry that was found, or about nobody known."""
    if found.candidates:
        return JudgedRow(row, RowOutcome.DOUBTFUL, candidates=found.candidates, problems=row.problems)
    if found.entry_id is None:
        return as_new(row, today=today)
    return as_entry(row, among.entries[found.entry_id], today=today)


def as_new(row: ReadRow, *, today: date) -> JudgedRow:
    """Return what a row would do as a new entry: it needs a name, a province and a commune."""
    problems = [
        CellProblem(_FIELD_OF.get(name, name), sentence)
        for name, sentence in (
            ("province_code", N_("Write the province: a new entry needs it.")),
            ("commune", N_("Write the commune: a new entry needs it.")),
        )
        if not row.stated.get(name)
    ]
    whole = replace_stated(row, _with_kind(row.stated))
    problems += _against_rules(whole.stated, today=today)
    if problems:
        return JudgedRow(row, RowOutcome.WRONG, problems=[*row.problems, *problems])
    return JudgedRow(whole, RowOutcome.NEW, problems=row.problems)


def replace_stated(row: ReadRow, stated: dict[str, Any]) -> ReadRow:
    """Return the row with other values."""
    return replace(row, stated=stated)


def as_entry(row: ReadRow, entry: Entry, *, today: date) -> JudgedRow:
    """Return what a row would do to an entry."""
    before = changes_of(row.stated, entry)
    if not before:
        return JudgedRow(row, RowOutcome.SAME, entry, problems=row.problems)
    changed = {**entry.values, **{name: after(row.stated, before, name) for name in before}}
    problems = _against_rules(changed, today=today)
    if problems:
        return JudgedRow(row, RowOutcome.WRONG, entry, problems=[*row.problems, *problems])
    return JudgedRow(row, RowOutcome.CHANGED, entry, before, problems=row.problems)


def _against_rules(values: Mapping[str, Any], *, today: date) -> list[CellProblem]:
    told = {name: values[name] for name in _PROFILE_FIELDS if values.get(name) is not None}
    told = {"name_ar": "", "name_fr": "", "legal_kind": "", "province_code": "", "commune": "", **told}
    if "founded_on" in told:
        told["founded_on"] = date.fromisoformat(told["founded_on"])
    told["sectors"] = tuple(told.get("sectors", ()))
    try:
        check_profile(CooperativeProfile(**told), today=today)
    except RuleViolation as refusal:
        return [CellProblem(refusal.field or "", refusal.message, refusal.values)]
    return []


def kept_cells(row: ReadRow) -> list[str]:
    """Return the cells of a row as they are kept for a person to look at."""
    return [cell[:_LONGEST_CELL] for cell in row.cells]

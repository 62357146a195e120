"""Stands as a CSV sheet: read as people save it, checked line by line, compared, and written.

Taken: separators `;` `,` and tab; UTF-8 with or without mark, UTF-16, windows-1256 and
windows-1252; decimals with a point or a comma; headings and words in three languages.
"""

import csv
import enum
import io
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from fairapp.foundation.text import N_, clean, fold, western_digits
from fairapp.stands.domain import MOST_STANDS_AT_ONCE, StandKind, StandPlan
from fairapp.stands.errors import SheetEmpty, SheetUnreadable, TooManyStands

COLUMNS = (
    "code",
    "zone",
    "kind",
    "width_m",
    "depth_m",
    "x_m",
    "y_m",
    "power",
    "water",
    "corner",
    "step_free",
)
SEPARATORS = (";", ",", "\t")
MOST_BYTES = 1_000_000
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")
_ARABIC_WORD = re.compile("[\u0621-\u064a]{2}")
_LONGEST_ZONE = 20
_RISKY = ("=", "+", "-", "@")  # a spreadsheet would run it
_HEADINGS = {
    "code": ("code", "stand", "numero", "رمز", "رقم", "الرواق", "رقم الرواق"),
    "zone": ("zone", "pole", "espace", "المنطقة", "منطقة"),
    "kind": ("kind", "type", "nature", "النوع", "نوع"),
    "width_m": ("width m", "width", "largeur", "largeur m", "العرض", "العرض بالمتر"),
    "depth_m": ("depth m", "depth", "profondeur", "profondeur m", "العمق", "العمق بالمتر"),
    "x_m": ("x m", "x"),
    "y_m": ("y m", "y"),
    "power": ("power", "electricity", "electricite", "كهرباء", "الكهرباء"),
    "water": ("water", "eau", "ماء", "الماء"),
    "corner": ("corner", "angle", "زاوية"),
    "step_free": ("step free", "accessible", "sans marche", "بدون درج", "بلا درج"),
}
_KINDS = {
    StandKind.EXHIBITOR: ("exhibitor", "exposant", "عارض", "للعارضين"),
    StandKind.INSTITUTION: ("institution", "institutionnel", "مؤسسة", "للمؤسسات"),
    StandKind.SERVICE: ("service", "services", "خدمة", "للخدمات"),
}
_YES = ("1", "yes", "y", "true", "x", "oui", "o", "vrai", "نعم")
_NO = ("", "0", "no", "n", "false", "non", "faux", "لا")


class Outcome(enum.StrEnum):
    """What taking in a line would do."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True)
class LineFault:
    """What is wrong in a line: the column, an untranslated sentence and its values."""

    column: str
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line of a sheet, as read; the plan is None when the line has faults."""

    number: int
    code: str
    plan: StandPlan | None
    faults: tuple[LineFault, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as read, and which of its columns are not known."""

    lines: tuple[SheetLine, ...]
    columns: tuple[str, ...]
    unknown: tuple[str, ...]
    text: str

    @property
    def faulty(self) -> list[SheetLine]:
        """Lines with faults."""
        return [line for line in self.lines if line.faults]


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """A line beside what is there; `columns` would change, `plan` is what the stand would be."""

    line: SheetLine
    outcome: Outcome
    columns: tuple[str, ...] = ()
    plan: StandPlan | None = None


def read_sheet(content: bytes) -> Sheet:
    """Read a sheet; what is wrong in a line is kept with the line.

    Raises: SheetUnreadable, SheetEmpty, TooManyStands.
    """
    text = decode(content)
    separator = max(SEPARATORS, key=text.partition("\n")[0].count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise SheetUnreadable() from error
    columns, unknown = _columns(rows[0] if rows else [])
    numbered = [(number, row) for number, row in enumerate(rows[1:], 2) if any(cell.strip() for cell in row)]
    if not numbered:
        raise SheetEmpty()
    if len(numbered) > MOST_STANDS_AT_ONCE:
        raise TooManyStands(most=MOST_STANDS_AT_ONCE)
    seen: dict[str, int] = {}
    lines = tuple(_line(number, row, columns, seen) for number, row in numbered)
    return Sheet(lines, tuple(columns), tuple(unknown), text)


def decode(content: bytes) -> str:
    """Return the text of a file whose encoding is not told.

    Raises: SheetUnreadable.
    """
    if len(content) > MOST_BYTES or (b"\x00" in content and content[:2] not in _UTF16_MARKS):
        raise SheetUnreadable()
    try:
        return content.decode("utf-16" if content[:2] in _UTF16_MARKS else "utf-8-sig")
    except UnicodeDecodeError:
        return _from_windows(content)


def _from_windows(content: bytes) -> str:
    # Both Windows pages share the small accented letters of French, so only Arabic words tell.
    arabic = content.decode("cp1256", errors="replace")
    return arabic if _ARABIC_WORD.search(arabic) else content.decode("cp1252", errors="replace")


def compare(sheet: Sheet, existing: Mapping[str, StandPlan], held: Collection[str]) -> list[ComparedLine]:
    """Return what each line would do to the stands that are there, by their folded codes.

    A line that would close a stand in `held` (folded codes) to exhibitors is faulty.
    """
    return [_compared(sheet, line, existing.get(line.code.casefold()), held) for line in sheet.lines]


def _compared(sheet: Sheet, line: SheetLine, old: StandPlan | None, held: Collection[str]) -> ComparedLine:
    if line.plan is None:
        return ComparedLine(line, Outcome.FAULTY)
    if line.code.casefold() in held and line.plan.kind is not StandKind.EXHIBITOR:
        fault = LineFault("kind", N_("The stand is allocated, so it stays for exhibitors."))
        return ComparedLine(SheetLine(line.number, line.code, None, (fault,)), Outcome.FAULTY)
    if old is None:
        return ComparedLine(line, Outcome.ADDED, plan=line.plan)
    # What the sheet does not tell stays as it is.
    kept = {name: getattr(old, name) for column, name, _ in _READERS if column not in sheet.columns}
    plan = replace(line.plan, **kept)
    changed = tuple(_changed(plan, old))
    return ComparedLine(line, Outcome.CHANGED if changed else Outcome.SAME, changed, plan)


def write_sheet(stands: Sequence[StandPlan]) -> str:
    """Return stands as a sheet that spreadsheets of French and Arabic Windows open as a table."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(COLUMNS)
    for stand in stands:
        zone = stand.zone or ""
        writer.writerow(
            [
                stand.code,
                f"'{zone}" if zone.startswith(_RISKY) else zone,
                stand.kind.value,
                *(_metres(cm) for cm in (stand.width_cm, stand.depth_cm, stand.x_cm, stand.y_cm)),
                *(int(flag) for flag in (stand.power, stand.water, stand.corner, stand.step_free)),
            ]
        )
    return out.getvalue()


def _columns(header: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    names = {fold(alias): column for column, aliases in _HEADINGS.items() for alias in aliases}
    found: dict[str, int] = {}
    unknown = []
    for place, heading in enumerate(header):
        column = names.get(fold(heading))
        if column is None or column in found:
            unknown.append(clean(heading))
        else:
            found[column] = place
    if "code" not in found:
        raise SheetUnreadable()
    return found, [heading for heading in unknown if heading]


def _line(number: int, row: Sequence[str], columns: Mapping[str, int], seen: dict[str, int]) -> SheetLine:
    cells = {
        column: clean(row[place]).removeprefix("'") if place < len(row) else ""
        for column, place in columns.items()
    }
    faults: list[LineFault] = []
    values: dict[str, object] = {}
    for column, name, read in _READERS:
        if not cells.get(column):
            continue
        try:
            values[name] = read(cells[column])
        except _CellError as unreadable:
            faults.append(LineFault(column, unreadable.sentence, unreadable.values))
    code = cells["code"]
    if not _CODE.fullmatch(code):
        faults.append(
            LineFault("code", N_("Write a code of Latin letters, digits and dashes, for example A-14."))
        )
    elif code.casefold() in seen:
        faults.append(
            LineFault("code", N_("Line %(line)s has the same code."), {"line": seen[code.casefold()]})
        )
    else:
        seen[code.casefold()] = number
    plan = None if faults else StandPlan(code=code, **values)  # type: ignore[arg-type] # read by column
    return SheetLine(number, code, plan, tuple(faults))


class _CellError(Exception):
    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence)
        self.sentence, self.values = sentence, values


def _zone(text: str) -> str:
    if len(text) > _LONGEST_ZONE:
        raise _CellError(N_("The zone has at most %(most)s characters."), most=_LONGEST_ZONE)
    return text


def _kind(text: str) -> StandKind:
    for kind, words in _KINDS.items():
        if fold(text) in {fold(word) for word in words}:
            return kind
    raise _CellError(N_("The kind is exhibitor, institution or service."))


def _length(text: str, least: int, most: int) -> int:
    try:
        centimetres = Decimal(western_digits(text).replace("٫", ".").replace(",", ".").replace(" ", "")) * 100
        whole = int(centimetres.to_integral_value())
    except (InvalidOperation, ValueError, OverflowError):
        raise _CellError(N_("Write metres in figures, for example 3 or 3.5.")) from None
    if not least <= whole <= most:
        raise _CellError(
            N_("The length must be between %(least)s and %(most)s metres."),
            least=f"{least / 100:g}",
            most=f"{most / 100:g}",
        )
    return whole


def _size(text: str) -> int:
    return _length(text, 50, 10_000)


def _place(text: str) -> int:
    return _length(text, 0, 500_000)


def _flag(text: str) -> bool:
    word = text.strip().casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise _CellError(N_("Write yes or no, or 1 or 0."))


# Column of the sheet, value of `StandPlan`, how it is read. An empty cell leaves the usual value.
_READERS: tuple[tuple[str, str, Callable[[str], object]], ...] = (
    ("zone", "zone", _zone),
    ("kind", "kind", _kind),
    ("width_m", "width_cm", _size),
    ("depth_m", "depth_cm", _size),
    ("x_m", "x_cm", _place),
    ("y_m", "y_cm", _place),
    ("power", "power", _flag),
    ("water", "water", _flag),
    ("corner", "corner", _flag),
    ("step_free", "step_free", _flag),
)


def _changed(new: StandPlan, old: StandPlan) -> list[str]:
    changed = []
    for column, name, _read in _READERS:
        wanted = getattr(new, name)
        if column in ("x_m", "y_m") and wanted is None:
            continue  # without a place it keeps its own
        if (wanted or None) != (getattr(old, name) or None):
            changed.append(column)
    return changed


def _metres(centimetres: int | None) -> str:
    # A comma: a spreadsheet in French reads "3.5" as the third of May.
    return "" if centimetres is None else f"{centimetres / 100:g}".replace(".", ",")

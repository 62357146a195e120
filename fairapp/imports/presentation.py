"""How values and problems of rows are said on pages and in the list of problems."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fairapp.foundation.text import N_
from fairapp.imports.domain import Mark
from fairapp.imports.matching import after
from fairapp.imports.models import ImportRow
from fairapp.reference.queries import Entry, legal_kinds, provinces, sectors
from fairapp.web.filters import locale_language

FIELD_LABELS = {
    "code": _l("Code in the directory"),
    "name_ar": _l("Name in Arabic"),
    "name_fr": _l("Name in French"),
    "legal_kind": _l("Legal form"),
    "register_court": _l("Court of the register"),
    "register_number": _l("Number in the register"),
    "ice": _l("ICE"),
    "province": _l("Province"),
    "province_code": _l("Province"),
    "commune": _l("Commune"),
    "douar": _l("Douar"),
    "rural": _l("Rural"),
    "sectors": _l("Sectors"),
    "founded_on": _l("Founded on"),
    "members": _l("Members"),
    "women_members": _l("Women"),
    "youth_members": _l("Young people"),
    "women_led": _l("Led by a woman"),
    "phone": _l("Phone"),
    "email": _l("E-mail"),
}
MARKS: Mapping[str, str] = {
    Mark.CODE: N_("same code"),
    Mark.REGISTER: N_("same court and number in the register"),
    Mark.ICE: N_("same ICE"),
    Mark.NAME_AND_PHONE: N_("same name and phone"),
    Mark.NAME: N_("same words in the name"),
    Mark.REGISTER_NUMBER: N_("same number in the register"),
    Mark.SEVERAL: N_("register and ICE lead to different entries"),
    Mark.CHANGED_SINCE: N_("its entry was changed after the file was read"),
    Mark.ENTERED_SINCE: N_("this entry was made after the file was read"),
}
ENCODINGS: Mapping[str, str] = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 (BOM)",
    "utf-16": "UTF-16 (BOM)",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1256": "windows-1256",
    "cp1252": "windows-1252",
    "iso8859_6": "ISO 8859-6",
    "mac_roman": "Mac Roman",
    "cp850": "DOS 850",
}
SEPARATORS: Mapping[str, str] = {
    ";": N_("semicolon"),
    ",": N_("comma"),
    "\t": N_("tab"),
    "|": N_("vertical bar"),
}


def shown(name: str, value: Any) -> str:
    """Return a value as people read it."""
    if value is None or value == "" or value == []:
        return ""
    if name == "province_code":
        return _named(provinces(), value)
    if name == "legal_kind":
        return _named(legal_kinds(), value)
    if name == "sectors":
        return str(_(", ")).join(_named(sectors(), code) for code in value)
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if name == "founded_on":
        return date.fromisoformat(value).strftime("%d/%m/%Y")
    return str(value)


def _named(entries: Mapping[str, Entry], code: str) -> str:
    entry = entries.get(code)
    return entry.name(locale_language()) if entry else code


def label(name: str) -> str:
    """Return what a field is called."""
    return str(FIELD_LABELS.get(name, ""))


def changes(row: ImportRow) -> Iterator[tuple[str, str, str]]:
    """Yield (label, before, after) of each value that a row changes."""
    for name, before in (row.before or {}).items():
        yield label(name), shown(name, before), shown(name, after(row.stated, row.before or {}, name))


def stated(row: ImportRow) -> Iterator[tuple[str, str]]:
    """Yield (label, value) of what a row says, but its names."""
    for name, value in row.stated.items():
        if name not in ("name_ar", "name_fr") and value not in (None, "", []):
            yield label(name), shown(name, value)


def name_of(row: ImportRow) -> str:
    """Return how a row is called: its name in the reader's language, else its first cells."""
    first, second = ("name_fr", "name_ar") if locale_language() == "fr" else ("name_ar", "name_fr")
    told = row.stated.get(first) or row.stated.get(second)
    return str(told or " ".join(cell for cell in row.cells or () if cell)[:60])


def problem_sentence(problem: Mapping[str, Any]) -> str:
    """Return what is wrong with a row, with the name of its column."""
    told = problem["sentence"]
    sentence = str(_(told, **problem.get("values", {})))
    named = label(problem["column"])
    return str(_("%(field)s: %(mistake)s", field=named, mistake=sentence)) if named else sentence


def mark_sentence(mark: str) -> str:
    """Return what makes a row look like an entry."""
    told = MARKS[mark]
    return str(_(told))

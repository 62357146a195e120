"""Which entry of the directory a row is about. Pure: candidates are handed in."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from fairapp.cooperatives.domain import words_key
from fairapp.foundation.text import fold
from fairapp.imports.cells import ice_is_right
from fairapp.imports.domain import Mark

# What an import reads and compares, in the order in which it is shown; names are those of the table.
COMPARED = (
    "name_ar",
    "name_fr",
    "legal_kind",
    "register_court",
    "register_number",
    "ice",
    "province_code",
    "commune",
    "douar",
    "rural",
    "sectors",
    "founded_on",
    "members",
    "women_members",
    "youth_members",
    "women_led",
    "phone",
    "email",
)
_SAME_WHEN_FOLDED = frozenset({"register_court", "register_number", "commune", "douar", "email"})
MOST_CANDIDATES = 5
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the directory as an import compares it: days as text, sectors in order."""

    id: int
    code: str
    values: Values
    merged_into_id: int | None = None

    @property
    def mark(self) -> str:
        """A short mark of everything that an import compares: it changes when the entry does."""
        return mark_of(self.values, self.merged_into_id)


def mark_of(values: Values, merged_into_id: int | None = None) -> str:
    """Return the mark of an entry with these values."""
    told = repr(([values.get(name) for name in COMPARED], merged_into_id))
    return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Keys:
    """By what a row or an entry is known; empty text where it says nothing."""

    code: str
    register: tuple[str, str] | None
    number: str
    ice: str
    kind: str
    words: frozenset[str]
    phone: str


@lru_cache(maxsize=65536)
def _words(name: str) -> str:
    return words_key(name)


@lru_cache(maxsize=4096)
def _court(text: str) -> str:
    return fold(text)


def number_key(number: str) -> str:
    """Return a register number without its spaces and signs: "12 / 2019" and "12/2019" are one."""
    return fold(number)


def keys_of(values: Values, code: str = "") -> Keys:
    """Return the keys of a row's or an entry's values."""
    court, number = values.get("register_court") or "", values.get("register_number") or ""
    number_folded = number_key(number) if number else ""
    ice = values.get("ice") or ""
    names = (values.get("name_ar") or "", values.get("name_fr") or "")
    return Keys(
        code=code,
        register=(_court(court), number_folded) if court and number_folded else None,
        number=number_folded,
        ice=ice if ice and ice.strip("0") and ice_is_right(ice) else "",
        kind=values.get("legal_kind") or "",
        words=frozenset(_words(name) for name in names if name) - {""},
        phone=values.get("phone") or "",
    )


def are_two(one: Keys, other: Keys) -> bool:
    """Tell whether two are surely not the same: another place in the same register, or another ICE."""
    registers = one.register is not None and other.register is not None and one.register != other.register
    return registers or bool(one.ice and other.ice and one.ice != other.ice)


@dataclass(slots=True)
class Candidates:
    """Entries that the rows of a batch may be about, by their keys."""

    entries: dict[int, Entry] = field(default_factory=dict)
    keys: dict[int, Keys] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    by_register: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    by_number: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    by_ice: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    by_words: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, entries: Iterable[Entry], codes: Mapping[str, int]) -> "Candidates":
        """Return candidates; `codes` tells the id of the kept entry of each code that the rows name."""
        found = cls(codes=dict(codes))
        for entry in entries:
            keys = keys_of(entry.values, entry.code)
            found.entries[entry.id], found.keys[entry.id] = entry, keys
            if entry.merged_into_id is not None:
                continue
            if keys.register is not None:
                found.by_register[keys.register].append(entry.id)
            if keys.number:
                found.by_number[keys.number].append(entry.id)
            if keys.ice:
                found.by_ice[keys.ice].append(entry.id)
            for words in keys.words:
                found.by_words[words].append(entry.id)
        return found


@dataclass(frozen=True, slots=True)
class Match:
    """What a row is about: surely `entry_id`, or doubtfully one of `candidates`, or nobody known."""

    entry_id: int | None = None
    mark: Mark | None = None
    candidates: tuple[tuple[int, Mark], ...] = ()


def match(row: Keys, among: Candidates, province: str = "") -> Match:
    """Return the entry that a row is about.

    Surely the same: the code; else court and number of the register; else the ICE when its check
    digits are right; else kind, words of the name and phone together. Looks like one: the same
    words in a name, or the same number in a register whose court is not told. Where sure marks
    lead to several entries, a person decides.
    """
    if row.code:
        entry_id = among.codes.get(row.code)
        return Match(entry_id, Mark.CODE) if entry_id is not None else Match()
    by_register = among.by_register.get(row.register, []) if row.register is not None else []
    by_ice = among.by_ice.get(row.ice, []) if row.ice else []
    for sure, mark in ((by_register, Mark.REGISTER), (by_ice, Mark.ICE)):
        if sure:
            all_sure = dict.fromkeys((*by_register, *by_ice))
            if len(all_sure) == 1:
                return Match(sure[0], mark)
            return Match(candidates=tuple((found, Mark.SEVERAL) for found in all_sure)[:MOST_CANDIDATES])
    return _by_name(row, among, province)


def _by_name(row: Keys, among: Candidates, province: str) -> Match:
    named = {
        found: among.keys[found]
        for words in row.words
        for found in among.by_words.get(words, ())
        if not are_two(row, among.keys[found])
    }
    surely = [
        found
        for found, keys in named.items()
        if row.phone and (keys.phone, keys.kind) == (row.phone, row.kind)
    ]
    if len(surely) == 1:
        return Match(surely[0], Mark.NAME_AND_PHONE)
    looks = [
        (found, Mark.NAME) for found in sorted(named, key=lambda found: _nearness(among, found, province))
    ]
    if row.number and row.register is None:
        looks += [
            (found, Mark.REGISTER_NUMBER)
            for found in among.by_number.get(row.number, ())
            if found not in named and among.entries[found].values.get("province_code") == province
        ]
    return Match(candidates=tuple(looks[:MOST_CANDIDATES]))


def _nearness(among: Candidates, found: int, province: str) -> tuple[bool, int]:
    return among.entries[found].values.get("province_code") != province, found


def changes_of(stated: Values, entry: Entry) -> dict[str, Any]:
    """Return the values of an entry that a row would change, as they are before. Sectors are only added.

    What a row does not say stays. A name that stands for both languages is changed where it was said.
    """
    before: dict[str, Any] = {}
    for name, wanted in stated.items():
        had = entry.values.get(name)
        if name == "sectors":
            if set(wanted) - set(had or ()):
                before[name] = list(had or ())
        elif wanted != had and not _is_same_text(name, wanted, had):
            before[name] = had
    return before


def _is_same_text(name: str, wanted: Any, had: Any) -> bool:
    return name in _SAME_WHEN_FOLDED and bool(had) and fold(str(wanted)) == fold(str(had))


def after(stated: Values, before: Values, name: str) -> Any:
    """Return what a changed value becomes."""
    if name == "sectors":
        return sorted({*before[name], *stated[name]})
    return stated[name]


@dataclass(slots=True)
class Earlier:
    """Rows of the file that were read already, by what makes two rows one. Keeps little of each."""

    numbers: dict[int, tuple[int, ...]] = field(default_factory=dict)  # by the hash of a key
    identities: dict[int, Keys] = field(default_factory=dict)

    def find_or_keep(
        self, number: int, keys: Keys, place: tuple[str, str], entry_id: int | None
    ) -> int | None:
        """Return the number of the earlier row about the same, else keep this one and return None."""
        known_by = [(key[0] in _CERTAIN, hash(key)) for key in _known_by(keys, place, entry_id)]
        for is_certain, key in known_by:
            for earlier in self.numbers.get(key, ()):
                if is_certain or not are_two(keys, self.identities[earlier]):
                    return earlier
        for _is_certain, key in known_by:
            self.numbers[key] = (*self.numbers.get(key, ()), number)
        self.identities[number] = replace(keys, words=frozenset(), phone="")
        return None


_CERTAIN = ("entry", "code")


def _known_by(keys: Keys, place: tuple[str, str], entry_id: int | None) -> Iterator[tuple[object, ...]]:
    if entry_id is not None:
        yield "entry", entry_id
    if keys.code:
        yield "code", keys.code
    if keys.register is not None:
        yield "register", *keys.register
    if keys.ice:
        yield "ice", keys.ice
    for words in keys.words:
        yield "place", keys.kind, words, *place
        if keys.phone:
            yield "phone", keys.kind, words, keys.phone

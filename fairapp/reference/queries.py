"""Regions, provinces, sectors and legal kinds, read once from the data files beside this module."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fairapp.foundation.text import fold

_FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a reference list. `parent` is the region of a province, the sector of a subsector."""

    code: str
    name_ar: str
    name_fr: str
    name_en: str
    parent: str | None = None
    kind: str = ""
    aliases: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        """Return the name in a language."""
        return {"ar": self.name_ar, "fr": self.name_fr, "en": self.name_en}[language]


def _load(filename: str, *, parent: str = "", kind: str = "") -> dict[str, Entry]:
    with (_FOLDER / filename).open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: Entry(
                code=row["code"],
                name_ar=row["name_ar"],
                name_fr=row["name_fr"],
                name_en=row["name_en"],
                parent=(row[parent] or None) if parent else None,
                kind=row[kind] if kind else "",
                aliases=tuple(filter(None, row.get("aliases", "").split("|"))),
            )
            for row in csv.DictReader(file)
        }


@cache
def regions() -> dict[str, Entry]:
    """Return the 12 regions by code."""
    return _load("regions.csv")


@cache
def provinces() -> dict[str, Entry]:
    """Return the provinces and prefectures by code; `parent` is the region."""
    return _load("provinces.csv", parent="region_code", kind="type")


@cache
def sectors() -> dict[str, Entry]:
    """Return the sectors of both levels by code; `kind` tells of food: yes, no or depends."""
    return _load("sectors.csv", parent="parent_code", kind="food")


@cache
def legal_kinds() -> dict[str, Entry]:
    """Return the legal kinds of cooperatives by code, the most frequent first."""
    return _load("legal_kinds.csv")


def provinces_of(region_code: str) -> list[Entry]:
    """Return the provinces and prefectures of a region."""
    return [entry for entry in provinces().values() if entry.parent == region_code]


def region_of(province_code: str) -> str | None:
    """Return the code of a province's region; None for an unknown province."""
    entry = provinces().get(province_code)
    return entry.parent if entry else None


def main_sectors() -> list[Entry]:
    """Return the sectors of the first level."""
    return [entry for entry in sectors().values() if entry.parent is None]


def subsectors_of(sector_code: str) -> list[Entry]:
    """Return the sectors of the second level under one of the first."""
    return [entry for entry in sectors().values() if entry.parent == sector_code]


def main_sector_of(sector_code: str) -> str:
    """Return the first-level code of a sector; itself when it is one, or unknown."""
    entry = sectors().get(sector_code)
    return entry.parent or entry.code if entry else sector_code


def choices(entries: Iterable[Entry], language: str) -> list[tuple[str, str]]:
    """Return (code, name) pairs in the language, in the order given."""
    return [(entry.code, entry.name(language)) for entry in entries]


def provinces_by_region(language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return (name of the region, its provinces as choices) for a select with groups."""
    return [
        (region.name(language), choices(provinces_of(region.code), language)) for region in regions().values()
    ]


def sectors_by_parent(language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return (name of the main sector, itself and its subsectors as choices)."""
    return [
        (entry.name(language), choices([entry, *subsectors_of(entry.code)], language))
        for entry in main_sectors()
    ]


def find_region(name: str) -> Entry | None:
    """Return the region that is called so in any language or spelling."""
    return _by_name("region").get(fold(name))


def find_province(name: str) -> Entry | None:
    """Return the province or prefecture that is called so in any language or spelling."""
    return _by_name("province").get(fold(name))


@cache
def _by_name(kind: str) -> dict[str, Entry]:
    entries = regions() if kind == "region" else provinces()
    return {
        fold(name): entry
        for entry in entries.values()
        for name in (entry.name_ar, entry.name_fr, entry.name_en, *entry.aliases)
    }

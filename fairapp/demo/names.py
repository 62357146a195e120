"""Invented names, made of the parts in `data/demo_names.csv`."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from fairapp.registrations.domain import Gender

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Name:
    """A name in both scripts; `sector` where the part stands for an activity."""

    ar: str
    fr: str
    sector: str = ""


def read(name: str) -> list[dict[str, str]]:
    """Return the rows of a data file."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _parts(part: str) -> tuple[Name, ...]:
    rows = (row for row in read("demo_names.csv") if row["part"] == part)
    return tuple(Name(row["ar"], row["fr"], row["sector"]) for row in rows)


def cooperative_name(random: Random) -> Name:
    """Return an invented cooperative with the sector of its activity."""
    name, activity = random.choice(_parts("cooperative")), random.choice(_parts("activity"))
    return Name(f"تعاونية {name.ar} {activity.ar}", f"Coopérative {name.fr} {activity.fr}", activity.sector)


def person_name(random: Random, gender: Gender) -> str:
    """Return an invented person, mostly in Arabic script as people type it."""
    given = random.choice(_parts("woman" if gender is Gender.WOMAN else "man"))
    family = random.choice(_parts("family"))
    return f"{given.fr} {family.fr}" if random.random() < 0.2 else f"{given.ar} {family.ar}"


def activity(sector: str) -> Name:
    """Return the activity of a sector, for product names."""
    return next(part for part in _parts("activity") if part.sector == sector)

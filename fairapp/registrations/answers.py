"""Answers of a draft, step by step, and the filing that they make. Pure.

Each step keeps what its form took, under the step's name, in plain JSON. Nothing here trusts
it to be whole: a step that is missing is asked again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fairapp.cooperatives.domain import CooperativeProfile
from fairapp.registrations.domain import (
    USUAL_WIDTH_CM,
    Filing,
    FilingChannel,
    Gender,
    NamedProduct,
    Person,
    StandNeeds,
)

STEPS = ("cooperative", "place", "members", "products", "stops", "stand", "people")
CHECK = "check"
COOPERATIVE_CODE = "cooperative_code"
_OF_THE_COOPERATIVE = ("cooperative", "place", "members")
LONGEST_PRODUCT_NAME = 120
_BETWEEN_NAMES = re.compile(r"[,،;؛\n]+")
_TRUTH = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Journey:
    """The steps of one registration: all, or without the stops where an event has one."""

    steps: tuple[str, ...]

    @classmethod
    def of(cls, *, open_stops: int) -> "Journey":
        """Return the journey of an event with so many stops that can be asked for."""
        return cls(tuple(step for step in STEPS if step != "stops" or open_stops > 1))

    def number(self, step: str) -> int:
        """Return the number of a step, from 1; the check is the last."""
        return self.steps.index(step) + 1 if step in self.steps else len(self)

    def __len__(self) -> int:
        return len(self.steps) + 1

    def first_missing(self, answers: Mapping[str, Any]) -> str | None:
        """Return the first step without answers; None when all are there."""
        return next((step for step in self.steps if step not in answers), None)

    def after(self, step: str, answers: Mapping[str, Any]) -> str:
        """Return where a saved step leads: to the first one missing after it, else to the check."""
        later = self.steps[self.steps.index(step) + 1 :]
        missing = next((other for other in later if other not in answers), None)
        return missing or self.first_missing(answers) or CHECK

    def before(self, step: str) -> str | None:
        """Return the step before one; None before the first."""
        place = self.number(step) - 2
        return self.steps[place] if place >= 0 else None


def split_names(text: str) -> list[str]:
    """Return the product names typed in one field, parted by commas of any script or lines."""
    return list(dict.fromkeys(name.strip() for name in _BETWEEN_NAMES.split(text) if name.strip()))


def filing_of(answers: Mapping[str, Any], *, channel: FilingChannel, locale: str) -> Filing:
    """Return the filing that whole answers make.

    Raises: KeyError, when a step is missing.
    """
    stand = answers["stand"]
    return Filing(
        cooperative_code=answers.get(COOPERATIVE_CODE),
        profile=profile_of(answers),
        people=tuple(
            Person(
                name=person["name"],
                gender=Gender(person["gender"]) if person.get("gender") else None,
                phone=person.get("phone") or None,
            )
            for person in answers["people"]["people"]
        ),
        sectors=tuple(answers["products"]["sectors"]),
        products=tuple(
            NamedProduct(name, sector)
            for sector in answers["products"]["sectors"]
            for name in split_names(stand.get("names", {}).get(sector, ""))
        ),
        stops=tuple(answers.get("stops", {}).get("stops", ())),
        needs=StandNeeds(
            width_cm=int(stand.get("width_cm") or USUAL_WIDTH_CM),
            power=bool(stand.get("power")),
            water=bool(stand.get("water")),
            step_free=bool(stand.get("step_free")),
        ),
        channel=channel,
        locale=locale,
        remark=stand.get("remark") or None,
    )


def profile_of(answers: Mapping[str, Any]) -> CooperativeProfile:
    """Return what the cooperative said of itself.

    Raises: KeyError, when a step is missing.
    """
    who, where, members = (answers[step] for step in _OF_THE_COOPERATIVE)
    return CooperativeProfile(
        name_ar=who["name_ar"],
        name_fr=who["name_fr"],
        legal_kind=who["legal_kind"],
        register_court=who.get("register_court") or None,
        register_number=who.get("register_number") or None,
        ice=who.get("ice") or None,
        province_code=where["province"],
        commune=where["commune"],
        douar=where.get("douar") or None,
        rural=True if where.get("douar") else None,
        phone=where["phone"],
        email=where.get("email") or None,
        members=members.get("members"),
        women_members=members.get("women_members"),
        youth_members=members.get("youth_members"),
        women_led=_TRUTH.get(members.get("women_led") or ""),
        sectors=tuple(answers["products"]["sectors"]) if "products" in answers else (),
    )


def answers_of(profile: CooperativeProfile, *, code: str) -> dict[str, Any]:
    """Return answers filled from the directory, so that nothing is asked twice (promises A13)."""
    women_led = {True: "yes", False: "no", None: ""}[profile.women_led]
    return {
        COOPERATIVE_CODE: code,
        "cooperative": {
            "name_ar": profile.name_ar,
            "name_fr": profile.name_fr,
            "legal_kind": profile.legal_kind,
            "register_court": profile.register_court or "",
            "register_number": profile.register_number or "",
            "ice": profile.ice or "",
        },
        "place": {
            "province": profile.province_code,
            "commune": profile.commune,
            "douar": profile.douar or "",
            "phone": profile.phone or "",
            "email": profile.email or "",
        },
        "members": {
            "members": profile.members,
            "women_members": profile.women_members,
            "youth_members": profile.youth_members,
            "women_led": women_led,
        },
    }

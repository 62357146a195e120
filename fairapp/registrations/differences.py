"""What a change makes different, field by field, in the order of the journey. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fairapp.cooperatives.domain import CooperativeProfile
from fairapp.registrations.domain import Filing, RegistrationState

ANSWER = "answer:"  # before the code of a question of the call
CONTACT = ("phone", "email")  # kept with the registration, not in the directory
PROFILE = (
    "name_ar",
    "name_fr",
    *CONTACT,
    "legal_kind",
    "register_number",
    "register_court",
    "ice",
    "province_code",
    "commune",
    "douar",
    "members",
    "women_members",
    "youth_members",
    "women_led",
)
_UNDECIDED = (RegistrationState.RECEIVED, RegistrationState.UNDER_REVIEW, RegistrationState.INCOMPLETE)
_WITH_CONSENT = (RegistrationState.ACCEPTED, RegistrationState.WAITLISTED)


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that a change makes another; values are plain JSON, None where nothing is stated."""

    field: str
    before: Any
    after: Any

    def as_json(self) -> dict[str, Any]:
        """Return what is kept of it."""
        return {"field": self.field, "before": self.before, "after": self.after}


def differences(before: Filing, after: Filing) -> tuple[Difference, ...]:
    """Return the fields in which two filings of one registration differ, in the order of the journey."""
    old, new = _facts(before), _facts(after)
    names = [*old, *(name for name in new if name not in old)]
    return tuple(
        Difference(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)
    )


def of_the_directory(changed: Iterable[Difference]) -> dict[str, Any]:
    """Return the new values of what the directory keeps of the cooperative, by field."""
    return {one.field: one.after for one in changed if one.field in PROFILE and one.field not in CONTACT}


def can_be_changed(state: RegistrationState) -> bool:
    """Tell whether a cooperative may still ask for a change."""
    return state in (*_UNDECIDED, *_WITH_CONSENT)


def is_changed_at_once(state: RegistrationState, *, is_open: bool) -> bool:
    """Tell whether a change needs no consent: nothing is decided yet, and registration is open.

    Source: issue 3, edit until the closing date, after it only with the organizer's consent.
    """
    return is_open and state in _UNDECIDED


def _facts(filing: Filing) -> dict[str, Any]:
    profile, needs = filing.profile, filing.needs
    facts: dict[str, Any] = {name: _stated(profile, name) for name in PROFILE} if profile else {}
    return facts | {
        "sectors": sorted(filing.all_sectors()),
        "products": [product.name for product in filing.products],
        "stops": sorted(filing.stops),
        "width_cm": needs.width_cm,
        "power": needs.power,
        "water": needs.water,
        "step_free": needs.step_free,
        **{f"{ANSWER}{answer.code}": answer.value for answer in filing.answers},
        "remark": filing.remark or None,
        "people": [
            {"name": one.name, "gender": one.gender.value if one.gender else None, "phone": one.phone}
            for one in filing.people
        ],
    }


def _stated(profile: CooperativeProfile, name: str) -> Any:
    value = getattr(profile, name)
    return None if value == "" else value

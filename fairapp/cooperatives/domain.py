"""What a cooperative declares about itself, and the checks on it."""

from dataclasses import dataclass
from datetime import date

from stdnum.exceptions import ValidationError
from stdnum.ma import ice

from fairapp.cooperatives.errors import (
    FoundedLater,
    MoreWomenThanMembers,
    MoreYouthThanMembers,
    NameMissing,
    RegisterNumberMissing,
)
from fairapp.foundation.text import fold

ICE_DIGITS = 15
_NAMES_PARTED_BY = "|"  # never inside a folded name


@dataclass(frozen=True, slots=True)
class CooperativeProfile:
    """What a cooperative says of itself. Counts, booleans and days that it did not state are None.

    `phone` is in the stored form `+212…`, codes are those of the reference lists.
    """

    name_ar: str
    name_fr: str
    legal_kind: str
    province_code: str
    commune: str
    register_court: str | None = None
    register_number: str | None = None
    ice: str | None = None
    douar: str | None = None
    rural: bool | None = None
    sectors: tuple[str, ...] = ()
    founded_on: date | None = None
    members: int | None = None
    women_members: int | None = None
    youth_members: int | None = None
    women_led: bool | None = None
    phone: str | None = None
    email: str | None = None


def check_profile(profile: CooperativeProfile, *, today: date) -> None:
    """Refuse a profile that contradicts itself. The ICE is never a reason to refuse.

    Raises: NameMissing, MoreWomenThanMembers, MoreYouthThanMembers, RegisterNumberMissing, FoundedLater.
    """
    if not (profile.name_ar or profile.name_fr):
        raise NameMissing()
    if profile.register_court and not profile.register_number:
        raise RegisterNumberMissing()
    if _exceeds(profile.women_members, profile.members):
        raise MoreWomenThanMembers(members=profile.members)
    if _exceeds(profile.youth_members, profile.members):
        raise MoreYouthThanMembers(members=profile.members)
    if profile.founded_on is not None and profile.founded_on > today:
        raise FoundedLater()


def _exceeds(part: int | None, whole: int | None) -> bool:
    return part is not None and whole is not None and part > whole


def ice_looks_right(number: str) -> bool:
    """Tell whether an ICE has fifteen digits and its check digits agree. Warn by it, never refuse.

    Source: the whole number is divisible by 97 (tested on 100 real numbers, python-stdnum).
    """
    try:
        ice.validate(number)
    except ValidationError:
        return False
    return True


def name_key(name_ar: str, name_fr: str) -> str:
    """Return the stored key of both names, under which spellings of one name meet.

    Words that only say what kind of body it is stay in: two kinds may bear one name.
    """
    return f"{fold(name_ar)}{_NAMES_PARTED_BY}{fold(name_fr)}"


def key_patterns(name_ar: str, name_fr: str) -> tuple[str, ...]:
    """Return LIKE patterns of name keys in which one of the two names is the same."""
    arabic, french = fold(name_ar), fold(name_fr)
    patterns = {f"{name}{_NAMES_PARTED_BY}%" for name in (arabic, french) if name}
    patterns |= {f"%{_NAMES_PARTED_BY}{name}" for name in (arabic, french) if name}
    return tuple(sorted(patterns))

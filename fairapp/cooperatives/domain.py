"""What a cooperative declares about itself, and the checks on it."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from stdnum.exceptions import ValidationError
from stdnum.ma import ice

from fairapp.cooperatives.errors import (
    BeginsLater,
    EndsBeforeItBegins,
    FoundedLater,
    HeldOnThatDay,
    MoreWomenThanMembers,
    MoreYouthThanMembers,
    NameMissing,
    ProductNameMissing,
    RegisterNumberMissing,
    UnitWithoutPrice,
)
from fairapp.foundation.text import fold

ICE_DIGITS = 15
_NAMES_PARTED_BY = "|"  # never inside a folded name
_LONGEST_KEY = 199  # of one name; folding may write one sign as many
# Letters that fold() keeps apart and hands do not: the Moroccan gaf, pe and ve, hamza on the line, ligatures.
_LETTERS = str.maketrans({"ڭ": "ك", "گ": "ك", "ݣ": "ك", "پ": "ب", "ڤ": "ف", "ء": None, "œ": "oe", "æ": "ae"})
# What only says the kind of body, folded. Phrases go first, then words, with and without the article.
_KIND_PHRASES = ("ذات النفع الاقتصادي", "d interet economique", "interet economique", "g i e", "s a r l")
_KIND_WORDS_AR = (
    "تعاونيه تعاونيات تعاوني جمعيه جمعيات اتحاد اتحادات مجموعه مجموعات مجموع شبكه شبكات فيدراليه فدراليه"
    " كونفدراليه تعاضديه تعاضديات مقاوله مقاولات شركه شركات موسسه موسسات رابطه هييه منظمه"
)
_KIND_WORDS_FR = (
    "cooperative cooperatives coop coops cop association associations asso assoc ass union unions groupement"
    " groupements groupe gie societe societes ste sarl federation federations reseau reseaux mutuelle"
    " mutuelles entreprise entreprises fondation network society company group enterprise"
    # articles and the words between: they come and go with whoever writes
    " de du des d la le les l et and the of"
)
_KIND_WORDS = frozenset(
    [*_KIND_WORDS_AR.split(), *("ال" + word for word in _KIND_WORDS_AR.split()), *_KIND_WORDS_FR.split()]
)


class Mark(enum.StrEnum):
    """By what two entries look alike, the surest first."""

    REGISTER = "register"
    ICE = "ice"
    PHONE = "phone"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells entries of the directory apart. Texts as stored; what is unknown is None."""

    name_ar: str
    name_fr: str
    province_code: str
    phone: str | None = None
    register_number: str | None = None
    register_court: str | None = None
    ice: str | None = None


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
    return f"{fold(name_ar)[:_LONGEST_KEY]}{_NAMES_PARTED_BY}{fold(name_fr)[:_LONGEST_KEY]}"


def words_key(name: str) -> str:
    """Return the folded words of a name in alphabetical order, without those that only say the kind of body.

    Under it duplicates meet, whatever the order of words and the spelling (promises A41). A name that
    says nothing but a kind keeps its words. Changing this asks for a migration that fills it anew.
    """
    text = fold(name).translate(_LETTERS)
    bare = f" {text} "
    for phrase in _KIND_PHRASES:
        bare = bare.replace(f" {phrase} ", " ")
    words = [word for word in bare.split() if word not in _KIND_WORDS] or text.split()
    return " ".join(sorted(words))[:_LONGEST_KEY]


def stored_keys(name_ar: str, name_fr: str) -> dict[str, str]:
    """Return the columns that are kept beside the two names, for every place that writes them."""
    return {
        "name_key": name_key(name_ar, name_fr),
        "words_ar": words_key(name_ar),
        "words_fr": words_key(name_fr),
    }


def key_patterns(name_ar: str, name_fr: str) -> tuple[str, ...]:
    """Return LIKE patterns of name keys in which one of the two names is the same."""
    arabic, french = fold(name_ar)[:_LONGEST_KEY], fold(name_fr)[:_LONGEST_KEY]
    patterns = {f"{name}{_NAMES_PARTED_BY}%" for name in (arabic, french) if name}
    patterns |= {f"%{_NAMES_PARTED_BY}{name}" for name in (arabic, french) if name}
    return tuple(sorted(patterns))


def marks_of(one: Identity, other: Identity) -> tuple[Mark, ...]:
    """Return by what two entries look alike, the surest first; empty when by nothing.

    A name counts in either language, under its words key. A register number counts with the same
    court, in any spelling, or where one of the two courts is unknown: numbers are given by each court.
    """
    same = {
        Mark.REGISTER: _is_same(one.register_number, other.register_number)
        and (not one.register_court or not other.register_court or _same_court(one, other)),
        Mark.ICE: _is_same(one.ice, other.ice),
        Mark.PHONE: _is_same(one.phone, other.phone),
        Mark.NAME: not _words(one).isdisjoint(_words(other)),
    }
    return tuple(mark for mark in Mark if same[mark])


def _is_same(one: str | None, other: str | None) -> bool:
    return bool(one) and one == other


def _same_court(one: Identity, other: Identity) -> bool:
    return fold(one.register_court or "") == fold(other.register_court or "")


def _words(identity: Identity) -> set[str]:
    return {words_key(identity.name_ar), words_key(identity.name_fr)} - {""}


@dataclass(frozen=True, slots=True)
class Period:
    """A support or a membership: from its first day until before its last one, or still (None)."""

    since_on: date
    until_on: date | None = None

    def meets(self, other: "Period") -> bool:
        """Tell whether the two hold on a day in common."""
        return (self.until_on is None or other.since_on < self.until_on) and (
            other.until_on is None or self.since_on < other.until_on
        )


def check_period(period: Period, *, others: Sequence[Period], today: date) -> None:
    """Refuse a support or a membership that begins later, ends too early or is recorded already.

    `others` are those of the same cooperative with the same programme or network.

    Raises: BeginsLater, EndsBeforeItBegins, HeldOnThatDay.
    """
    if period.since_on > today:
        raise BeginsLater()
    check_end(period)
    if any(period.meets(other) for other in others):
        raise HeldOnThatDay()


def check_end(period: Period) -> None:
    """Refuse an end before the beginning.

    Raises: EndsBeforeItBegins.
    """
    if period.until_on is not None and period.until_on < period.since_on:
        raise EndsBeforeItBegins(since=period.since_on.strftime("%d/%m/%Y"))


@dataclass(frozen=True, slots=True)
class ProductText:
    """What a catalogue says of a product. The price, in centimes, is for `unit`; both may be unknown."""

    name_ar: str
    name_fr: str
    sector_code: str
    price_minor: int | None = None
    unit: str | None = None
    is_public: bool = True


def check_product(product: ProductText) -> None:
    """Refuse a product without a name, and a unit without a price.

    Raises: ProductNameMissing, UnitWithoutPrice.
    """
    if not (product.name_ar or product.name_fr):
        raise ProductNameMissing()
    if product.unit and product.price_minor is None:
        raise UnitWithoutPrice()


# What a person chooses as one when two entries are merged: columns that make sense together only.
CHOSEN_TOGETHER: Mapping[str, tuple[str, ...]] = {
    "name_ar": ("name_ar",),
    "name_fr": ("name_fr",),
    "legal_kind": ("legal_kind",),
    "register": ("register_number", "register_court"),
    "ice": ("ice",),
    "place": ("province_code", "commune", "douar", "rural"),
    "founded_on": ("founded_on",),
    "members": ("members", "women_members", "youth_members"),
    "women_led": ("women_led",),
    "phone": ("phone",),
    "email": ("email",),
    "about": ("about_ar", "about_fr"),
}

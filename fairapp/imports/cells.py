"""Reading the cells of a register: what people write, as the directory keeps it.

Each reader takes the cleaned text of a cell that is not empty and returns the value, or raises
`CellUnreadable` with a sentence that says what to do. Texts are never run: a formula is a text.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache

from fairapp.cooperatives.domain import ICE_DIGITS, ice_looks_right
from fairapp.foundation.ids import parse_reference
from fairapp.foundation.text import N_, clean, fold, normalize_phone, western_digits
from fairapp.reference.queries import find_province, legal_kinds, main_sector_of, provinces, sectors

MOST_MEMBERS = 100_000
LENGTHS = {
    "name_ar": 200,
    "name_fr": 200,
    "register_court": 120,
    "register_number": 60,
    "commune": 120,
    "douar": 120,
    "email": 254,
}
_RISKY = ("=", "+", "-", "@", "\t")
_EXCEL_DAY_ZERO = date(1899, 12, 30)  # with the leap day of 1900 that Excel believes in
_EXCEL_DAYS = range(7_000, 80_000)  # 1919 to 2119
_YEARS = range(1900, 2200)
_LATEST_SHORT_YEAR = 49  # "49" is 2049, "50" is 1950, as Excel reads them
_GROUPED = re.compile(r"\d{1,3}(?:[ .,\u00a0\u202f\u066c]\d{3})+")
_DAY_FIRST = re.compile(r"(\d{1,2})[./\-\s](\d{1,2})[./\-\s](\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[./\-\s](\d{1,2})[./\-\s](\d{1,2})")
_WORDED = re.compile(r"(\d{1,2})(?:er|e)?[\s.\-/]+(\S+?)[\s.\-/,]+(\d{4})")
_MONTHS = (
    "janvier january jan janv يناير جانفي",
    "fevrier february feb fev fevr فبراير فيفري شباط",
    "mars march mar مارس اذار",
    "avril april apr avr ابريل افريل نيسان",
    "mai may ماي مايو ايار",
    "juin june jun يونيو جوان حزيران",
    "juillet july jul juil يوليوز يوليو جويليه تموز",
    "aout august aug غشت اغسطس اوت اب",
    "septembre september sep sept شتنبر سبتمبر ايلول",
    "octobre october oct اكتوبر",
    "novembre november nov نونبر نوفمبر",
    "decembre december dec دجنبر ديسمبر",
)
_YES = frozenset(["1", "yes", "y", "true", "vrai", "oui", "o", "x", "نعم", "ن", "✓", "صحيح"])
_NO = frozenset(["0", "no", "n", "false", "faux", "non", "لا", "ل", "خطا"])
_WOMAN = frozenset(["femme", "f", "feminin", "woman", "female", "امراه", "انثي", "نسويه", "نسائيه", "نساييه"])
_MAN = frozenset(["homme", "h", "m", "masculin", "man", "male", "رجل", "ذكر"])
_RURAL = frozenset(["rural", "rurale", "قروي", "قرويه", "بدوي", "القروي", "العالم", "القروي"])
_URBAN = frozenset(["urbain", "urbaine", "urban", "حضري", "حضريه", "الحضري"])
_KIND_WORDS: Mapping[str, str] = {
    "cooperative": "coop|cooperatives|تعاونيه|تعاونيات|تعاونيه نسويه|تعاونيه نسائيه|تعاونيه فلاحيه"
    "|تعاونيه حرفيه|cooperative feminine|cooperative agricole|cooperative artisanale|societe cooperative",
    "union_of_cooperatives": "union|اتحاد|union des cooperatives|اتحاد تعاونيات",
    "federation_of_cooperatives": "federation|فيدراليه|فدراليه|federation des cooperatives",
    "association": "asso|associations|جمعيه|جمعيات",
    "association_network": "reseau|شبكه|reseau d associations",
    "gie": "gie|g i e|groupement|groupements|groupement d interet economique|مجموعه ذات نفع اقتصادي"
    "|مجموعه النفع الاقتصادي",
    "mutual": "mutuelle|mutuelles|تعاضديه",
    "social_enterprise": "entreprise sociale|مقاوله اجتماعيه",
    "small_enterprise": "entreprise|pme|tpe|sarl|societe|شركه|مقاوله|petite entreprise",
    "artisan": "artisan|artisane|artisan individuel|صانع|صانعه|حرفي|صانع تقليدي|صانعه تقليديه",
    "auto_entrepreneur": "autoentrepreneur|auto entrepreneur|auto entrepreneure|مقاول ذاتي|مقاوله ذاتيه",
}
# Tried one after the other: names of sectors hold commas and "et" themselves.
_PARTED_BY = tuple(map(re.compile, (r"[;|؛\n+•]", r"[,،/]|\s[-–]\s", r"\s(?:et|and|&)\s|\sو")))
_PLACE_WORDS: tuple[str, ...] = (
    *(f"province {word}" for word in ("de la ", "d ", "de ", "du ", "des ", "")),
    *(f"prefecture {word}" for word in ("d arrondissements de ", "de ", "d ", "")),
    *("عماله مقاطعات ", "عماله ", "اقليم "),
)
_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\.]+(?:\.[^\s@<>,;:\"()\[\]\\.]+)+")


class CellUnreadable(Exception):  # noqa: N818 - named for what happened
    """A cell does not say what its column asks for."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence)
        self.sentence, self.values = sentence, values


def text_of(cell: object) -> str:
    """Return the cleaned text of a cell as a spreadsheet or a CSV file gives it, on one line."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = cell.strip() if cell.isprintable() else " ".join(clean(cell).split())
        return text[1:] if text[:1] == "'" and text[1:2] in _RISKY else text
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e18 else repr(cell)
    if isinstance(cell, (date, datetime)):
        return cell.isoformat()[:10]
    return " ".join(clean(str(cell)).split())


def _line(name: str) -> Callable[[str], str]:
    most = LENGTHS[name]

    def read(text: str) -> str:
        if len(text) > most:
            raise CellUnreadable(N_("Write at most %(most)s characters."), most=most)
        return text

    return read


def _code(text: str) -> str:
    code = parse_reference(text)
    if code is None:
        raise CellUnreadable(N_("This is no code of the directory. Copy it from there, or leave it empty."))
    return code


@lru_cache(maxsize=4096)
def _kind(text: str) -> str:
    if text in legal_kinds():
        return text
    kind = _kinds().get(fold(text))
    if kind is None:
        raise CellUnreadable(
            N_("We do not know this legal form. Write it as in the list of codes, for example cooperative.")
        )
    return kind


@cache
def _kinds() -> dict[str, str]:
    named = {
        fold(name): entry.code
        for entry in legal_kinds().values()
        for name in (entry.code, entry.name_ar, entry.name_fr, entry.name_en)
    }
    named |= {fold(word): code for code, words in _KIND_WORDS.items() for word in words.split("|")}
    return named


def kind_by_name(name: str) -> str | None:
    """Return the legal kind that the first word of a name says, such as "Association …"."""
    first = fold(name[:40]).partition(" ")[0]
    return _kinds().get(first) or _kinds().get(first.removeprefix("ال"))


@lru_cache(maxsize=4096)
def _province(text: str) -> str:
    digits = western_digits(text)
    bare = re.sub(r"\D", "", digits)
    if not re.search(r"[^\d.\s,]", digits) and 4 <= len(bare) <= 5:  # 05.301, which Excel makes 5.301
        code = f"{bare[:-3].zfill(2)}.{bare[-3:]}"
        if code in provinces():
            return code
    folded = fold(text)
    for entry in (find_province(text), *(find_province(bare) for bare in _without_kind(folded))):
        if entry is not None:
            return entry.code
    raise CellUnreadable(N_("We do not know this province. Write its name or its code as in the list."))


def _without_kind(folded: str) -> list[str]:
    bare = [folded.removeprefix(words) for words in _PLACE_WORDS if folded.startswith(words)]
    return [*bare, *(f"ال{name}" for name in bare)]


@lru_cache(maxsize=8192)
def _sectors(text: str) -> list[str]:
    return sorted(set(_sectors_in(text, 0)))


def _sectors_in(text: str, level: int) -> list[str]:
    code = _sector_codes().get(fold(text)) or _sector_by_words(fold(text))
    if code is not None:
        return [code]
    if not fold(text):
        return []
    if level == len(_PARTED_BY):
        raise CellUnreadable(
            N_("We do not know the sector “%(sector)s”. Write its code or its name as in the list."),
            sector=text.strip()[:60],
        )
    return [found for part in _PARTED_BY[level].split(text) for found in _sectors_in(part, level + 1)]


@lru_cache(maxsize=4096)
def _sector_by_words(folded: str) -> str | None:
    """Return the sector whose name alone holds these words; the main sector where its parts share them."""
    words = set(folded.split())
    held = {code for name, code in _sector_codes().items() if words and words <= set(name.split())}
    if len(held) > 1:
        held = {main_sector_of(code) for code in held}
    return held.pop() if len(held) == 1 else None


@cache
def _sector_codes() -> dict[str, str]:
    return {
        fold(name): entry.code
        for entry in reversed(sectors().values())
        for name in (entry.code, entry.name_ar, entry.name_fr, entry.name_en)
    }


def _flag(yes: frozenset[str], no: frozenset[str], sentence: str) -> Callable[[str], bool]:
    @lru_cache(maxsize=512)
    def read(text: str) -> bool:
        word = fold(text) or text
        if word in yes:
            return True
        if word in no:
            return False
        raise CellUnreadable(sentence)

    return read


@lru_cache(maxsize=4096)
def _count(text: str) -> int:
    digits = western_digits(text).replace("٫", ".").strip()
    try:
        if _GROUPED.fullmatch(digits):
            number = Decimal(re.sub(r"\D", "", digits))
        else:
            number = Decimal(digits.replace(" ", "").replace(",", "."))
        whole = int(number) if number.is_finite() and abs(number) <= MOST_MEMBERS else -1
    except InvalidOperation:
        raise CellUnreadable(N_("Write a whole number, for example 12.")) from None
    if whole != number or whole < 0:
        raise CellUnreadable(N_("Write a whole number from 0 to %(most)s."), most=MOST_MEMBERS)
    return whole


@lru_cache(maxsize=16384)
def _day(text: str) -> str:
    written = western_digits(text).strip()
    day = _day_in_figures(written) or _day_in_words(written) or _day_as_number(written)
    if day is None or day.year not in _YEARS:
        raise CellUnreadable(N_("Write the day as 28/05/2019, or the year alone."))
    return day.isoformat()


def _day_in_figures(written: str) -> date | None:
    written = written.partition("T")[0] if "T" in written else written
    without_time = re.sub(r"\s+\d{1,2}:\d{2}(:\d{2})?.*$", "", written)
    if found := _YEAR_FIRST.fullmatch(without_time):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.fullmatch(without_time):
        year = int(found[3])
        if len(found[3]) == 2:
            year += 2000 if year <= _LATEST_SHORT_YEAR else 1900
        return _date(year, int(found[2]), int(found[1]))
    return None


def _day_in_words(written: str) -> date | None:
    found = _WORDED.fullmatch(written)
    if not found:
        return None
    word = fold(found[2])
    month = next((place for place, names in enumerate(_months(), 1) if word in names), 0)
    return _date(int(found[3]), month, int(found[1])) if month else None


@cache
def _months() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(fold(name) for name in names.split()) for names in _MONTHS)


def _day_as_number(written: str) -> date | None:
    if not re.fullmatch(r"\d{4,5}(?:[.,]\d+)?", written):
        return None
    number = int(re.split("[.,]", written)[0])
    if number in _YEARS and len(written) == 4:
        return date(number, 1, 1)
    return _EXCEL_DAY_ZERO + timedelta(days=number) if number in _EXCEL_DAYS else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _phone(text: str) -> str:
    first = re.split(r"[/;،|]|\s-\s|\s(?:ou|et|أو|و)\s", text)[0]
    for candidate in (text, first):
        phone = normalize_phone(candidate)
        if phone is not None:
            return phone
    raise CellUnreadable(N_("Write the phone number with its ten digits, for example 06 12 34 56 78."))


def _ice(text: str) -> str:
    bare = "".join(western_digits(text).split()).replace("-", "").replace(".", "")
    bare = bare.removeprefix("ICE").removeprefix("ice").removeprefix(":")
    if re.search("[eE]", bare) or not (bare.isascii() and bare.isdigit()) or len(bare) > ICE_DIGITS:
        raise CellUnreadable(N_("The ICE has 15 digits. Leave the field empty if you have none."))
    # A spreadsheet takes the zeros in front away; they come back where the check digits then agree.
    padded = bare.zfill(ICE_DIGITS)
    return padded if ice_is_right(padded) else bare


@lru_cache(maxsize=8192)
def ice_is_right(number: str) -> bool:
    """Tell whether the check digits of an ICE agree; each row asks several times."""
    return ice_looks_right(number)


def _email(text: str) -> str:
    address = text.removeprefix("mailto:")
    if len(address) > LENGTHS["email"] or not _EMAIL.fullmatch(address):
        raise CellUnreadable(N_("Write the e-mail address in full, for example name@example.ma."))
    return address


READERS: Mapping[str, Callable[[str], object]] = {
    "code": _code,
    "name_ar": _line("name_ar"),
    "name_fr": _line("name_fr"),
    "legal_kind": _kind,
    "register_court": _line("register_court"),
    "register_number": _line("register_number"),
    "ice": _ice,
    "province": _province,
    "commune": _line("commune"),
    "douar": _line("douar"),
    "rural": _flag(_YES | _RURAL, _NO | _URBAN, N_("Write rural or urban, or yes or no.")),
    "sectors": _sectors,
    "founded_on": _day,
    "members": _count,
    "women_members": _count,
    "youth_members": _count,
    "women_led": _flag(_YES | _WOMAN, _NO | _MAN, N_("Write yes or no, or 1 or 0.")),
    "phone": _phone,
    "email": _email,
}
# Signs that people write where they have nothing to say.
EMPTY_SIGNS = frozenset(
    {"-", "--", "—", "–", "/", ".", "n/a", "na", "néant", "neant", "null", "#n/a", "لا يوجد"}
)

"""Text as people type it."""

import pytest

from fairapp.foundation.text import clean, fold, isolate, normalize_phone, western_digits


@pytest.mark.parametrize(
    "text",
    [
        "0612345678",
        "06 12 34 56 78",
        "06-12-34-56-78",
        "+212612345678",
        "+212 6 12 34 56 78",
        "00212612345678",
        "212612345678",
        "612345678",
        "6 12 34 56 78",
        "+2120612345678",
        "(+212) 0612345678",
        "٠٦١٢٣٤٥٦٧٨",
        "\u200e0612345678\u200f",
    ],
)
def test_phone_in_any_usual_writing_is_one_number(text: str) -> None:
    assert normalize_phone(text) == "+212612345678"


@pytest.mark.parametrize("text", ["", "12", "0912345678", "06123456789", "+33612345678", "abc", "061234567"])
def test_phone_that_cannot_be_one_is_none(text: str) -> None:
    assert normalize_phone(text) is None


@pytest.mark.parametrize(
    "one,other",
    [
        ("تعاونية الأمل", "تعاونيه الامل"),
        ("تَعَاوُنِيَّة", "تعاونية"),
        ("العربـــية", "العربية"),
        ("مصطفى", "مصطفي"),
        ("Coopérative L’Étoile", "COOPERATIVE l etoile"),
        ("رقم ١٢", "رقم 12"),
    ],
)
def test_fold_brings_spellings_together(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_fold_keeps_names_apart() -> None:
    assert fold("تعاونية النور") != fold("تعاونية النورس")


def test_clean_drops_marks_and_control_characters_only() -> None:
    assert clean(" \u202eزيت\x00 الزيتون\u2069\n") == "زيت الزيتون"


def test_western_digits_of_both_arabic_series() -> None:
    assert western_digits("٠١٢٣٤٥٦٧٨٩ ۰۱۲۳۴۵۶۷۸۹") == "0123456789 0123456789"


def test_isolate_wraps_in_first_strong_isolates() -> None:
    assert isolate("Amal") == "\u2068Amal\u2069"

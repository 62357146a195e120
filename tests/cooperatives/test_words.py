"""Spellings of one name meet under one key; other names do not (promises A41)."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from fairapp.cooperatives.domain import words_key

SAME = [
    ("تعاونية أركان", "تعاونية اركان"),
    ("تعاونيّة أركان", "تعاونية اركان"),
    ("تعاونية إفران", "تعاونية افران"),
    ("تعاونية آيت باها", "تعاونية ايت باها"),
    ("تعاونية ٱلنور", "تعاونية النور"),
    ("تعاونية الزهرة", "تعاونيه الزهره"),
    ("تعاونية الهدى", "تعاونية الهدي"),
    ("تعاونية ليلى", "تعاونية ليلي"),
    ("تعاونية رؤية", "تعاونية روية"),
    ("تعاونية الضيائي", "تعاونية الضيايي"),
    ("تعاونية الوفاء", "تعاونية الوفا"),
    ("تعاونية أمـــل", "تعاونية أمل"),
    ("تعاونية أَمَل", "تعاونية أمل"),
    ("تعاونية النُّور", "تعاونية النور"),
    ("تعاونية محمّد السّادس", "تعاونية محمد السادس"),
    ("تعاونية أمل الأطلس", "تعاونية الأطلس أمل"),
    ("تعاونية عسل الريف", "عسل الريف تعاونية"),
    ("تعاونية عسل الريف", "عسل الريف"),
    ("التعاونية الفلاحية الأمل", "تعاونية الأمل الفلاحية"),
    ("جمعية نساء تيزنيت", "تعاونية نساء تيزنيت"),
    ("اتحاد تعاونيات الأركان", "الأركان"),
    ("مجموعة ذات النفع الاقتصادي تيسليت", "تيسليت"),
    ("تعاونية «الأمل»", "تعاونية الأمل"),
    ("تعاونية الأمل.", "تعاونية الأمل"),
    ("تعاونية الأمل، أكادير", "تعاونية الأمل - أكادير"),
    ("تعاونية  الأمل ", "تعاونية الأمل"),
    ("تعاونية الأمل ٢٠٢٠", "تعاونية الأمل 2020"),
    ("تعاونية الأمل ۱۲", "تعاونية الأمل 12"),
    ("تعاونية أرڭان", "تعاونية أركان"),
    ("تعاونية أرگان", "تعاونية أركان"),
    ("تعاونية \u200fالأمل\u200f", "تعاونية الأمل"),
    ("تعاونية\u00a0الأمل", "تعاونية الأمل"),
    ("تعاونية ﻷمل", "تعاونية لأمل"),
    ("Coopérative Amal", "Cooperative Amal"),
    ("COOPÉRATIVE AMAL", "coopérative amal"),
    ("Coop. Amal", "Coopérative Amal"),
    ("Coopérative Al-Amal", "Coopérative Al Amal"),
    ("Coopérative l’Espoir", "Coopérative Espoir"),
    ("Coopérative l'Espoir", "Coopérative L’ESPOIR"),
    ("Coopérative de l'Argan", "Argan"),
    ("Coopérative des femmes de Tiznit", "Coopérative femmes Tiznit"),
    ("Coopérative Miel et Safran", "Coopérative Miel & Safran"),
    ("Coopérative Miel et Safran", "Coopérative Safran, Miel"),
    ("Union des coopératives Tissaliwine", "Tissaliwine"),
    ("Association Ajyal", "Ajyal (association)"),
    ("G.I.E. Targanine", "GIE Targanine"),
    ("Groupement d’intérêt économique Targanine", "GIE Targanine"),
    ("Société Targanine SARL", "Sté Targanine S.A.R.L."),
    ("Coopérative Cœur d’Atlas", "Coopérative Coeur d'Atlas"),
    ("Coopérative Façon d’hier", "Cooperative Facon d hier"),
    ("Coopérative Noël", "Coopérative Noe\u0308l"),
    ("Coopérative “Tifaouine”", "Coopérative Tifaouine"),
    ("Coopérative ﬁleuse", "Coopérative fileuse"),
    ("Coopérative Nº 5", "Coopérative no 5"),
    ("Coopérative\tAmal\n", "Coopérative Amal"),
    ("Coopérative Amal\x00", "Coopérative Amal"),
]
DIFFERENT = [
    ("تعاونية أمل", "تعاونية أمال"),
    ("تعاونية النور", "تعاونية النورس"),
    ("تعاونية الأمل 1", "تعاونية الأمل 2"),
    ("تعاونية نساء تيزنيت", "تعاونية شباب تيزنيت"),
    ("التعاونية", "الجمعية"),
    ("Coopérative Amal", "Coopérative Amal Atlas"),
    ("Coopérative Tifaouine", "Coopérative Tifawin"),
    ("Union", "Coopérative"),
]


@pytest.fixture(scope="module")
def migration() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "migrations/versions/0004_fill_words_of_names.py"
    spec = importlib.util.spec_from_file_location("filling", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("one, other", SAME)
def test_words_key_of_two_spellings_is_the_same(one: str, other: str) -> None:
    assert words_key(one) == words_key(other) != ""


@pytest.mark.parametrize("one, other", DIFFERENT)
def test_words_key_of_two_names_differs(one: str, other: str) -> None:
    assert words_key(one) != words_key(other)


@pytest.mark.parametrize(
    "name", ["ﷺ" * 200, "ا" * 200, "a b " * 100], ids=["signs that unfold", "one word", "many"]
)
def test_words_key_of_a_long_name_fits_its_column(name: str) -> None:
    assert 0 < len(words_key(name)) <= 200


@pytest.mark.parametrize("name", sorted({name for pair in SAME + DIFFERENT for name in pair}))
def test_words_key_of_the_migration_is_the_one_of_the_program(migration: ModuleType, name: str) -> None:
    assert migration.words_key(name) == words_key(name)

"""Golden strings of days, numbers, amounts and codes in three languages (promises A35-A39)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from types import SimpleNamespace

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale, ngettext

from fairapp.web.i18n import LOCALES

VALUES = {
    "d": date(2027, 5, 28),
    "first": date(2027, 8, 1),
    "summer": datetime(2026, 8, 1, 12, tzinfo=UTC),
    "winter": datetime(2026, 12, 1, 12, tzinfo=UTC),
    "late": datetime(2026, 8, 1, 23, 30, tzinfo=UTC),
    "at": time(9, 5),
}


@contextmanager
def reading_in(app: Flask, language: str) -> Iterator[None]:
    with app.test_request_context(f"/{language}/"), force_locale(LOCALES[language]):
        yield


def show(app: Flask, language: str, template: str, **values: object) -> str:
    with reading_in(app, language):
        return render_template_string("{{ " + template + " }}", **VALUES, **values)


@pytest.mark.parametrize(
    "expression, ar, fr, en",
    [
        ("d|day", "28 ماي 2027", "28 mai 2027", "28 May 2027"),
        ("first|day", "1 غشت 2027", "1er août 2027", "1 August 2027"),
        ("d|weekday", "الجمعة 28 ماي", "vendredi 28 mai", "Friday 28 May"),
        ("late|day", "2 غشت 2026", "2 août 2026", "2 August 2026"),
        ("d|month", "ماي", "mai", "May"),
        ("winter|month_short", "دجنبر", "déc.", "Dec"),
        ("summer|clock", *(['<bdi dir="ltr">13:00</bdi>'] * 3)),
        ("winter|clock", *(['<bdi dir="ltr">12:00</bdi>'] * 3)),
        ("at|clock", *(['<bdi dir="ltr">09:05</bdi>'] * 3)),
        (
            "winter|moment",
            '1 دجنبر 2026 على الساعة <bdi dir="ltr">12:00</bdi>',
            '1er décembre 2026 à <bdi dir="ltr">12:00</bdi>',
            '1 December 2026 at <bdi dir="ltr">12:00</bdi>',
        ),
        (
            "123456.5|number",
            '<bdi dir="ltr">123.456,5</bdi>',
            '<bdi dir="ltr">123\u202f456,5</bdi>',
            '<bdi dir="ltr">123,456.5</bdi>',
        ),
        (
            "125050|dirhams",
            '<bdi dir="ltr">1.250,50</bdi> درهم',
            '<bdi dir="ltr">1\u202f250,50</bdi> DH',
            '<bdi dir="ltr">1,250.50</bdi> MAD',
        ),
        (
            "-12000000|dirhams(short=true)",
            '<bdi dir="ltr">-120.000</bdi> درهم',
            '<bdi dir="ltr">-120\u202f000</bdi> DH',
            '<bdi dir="ltr">-120,000</bdi> MAD',
        ),
        (
            "0.755|percent",
            '<bdi dir="ltr">76%</bdi>',
            '<bdi dir="ltr">76\xa0%</bdi>',
            '<bdi dir="ltr">76%</bdi>',
        ),
        ("'K7QM4T2X'|reference", *(['<bdi dir="ltr">K7QM-4T2X</bdi>'] * 3)),
        ("'+212612345678'|phone", *(['<bdi dir="ltr">06 12 34 56 78</bdi>'] * 3)),
        ("'+33123456789'|phone", *(['<bdi dir="ltr">+33123456789</bdi>'] * 3)),
        ("none|phone", "", "", ""),
        ("'<b>ABC (شركة)'|isolate", *(["<bdi>&lt;b&gt;ABC (شركة)</bdi>"] * 3)),
        ("'معرض «Argan» 2026'|isolate", *(["<bdi>معرض «\u2068Argan\u2069» 2026</bdi>"] * 3)),
        ("'Foire «Argan» 2026'|isolate", *(["<bdi>Foire «Argan» 2026</bdi>"] * 3)),
        ("'05'|region", "بني ملال-خنيفرة", "Béni Mellal-Khénifra", "Béni Mellal-Khénifra"),
        ("'AGR-HONEY'|sector", "العسل وتربية النحل", "Miel et apiculture", "Honey and beekeeping"),
        ("'association'|legal_kind", "جمعية", "Association", "Association"),
        ("'??'|province", "??", "??", "??"),
    ],
)
def test_filter_in_each_language(app: Flask, expression: str, ar: str, fr: str, en: str) -> None:
    assert [show(app, language, expression) for language in LOCALES] == [ar, fr, en]


MONTHS = (
    "يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو", "يوليوز", "غشت", "شتنبر", "أكتوبر", "نونبر", "دجنبر"
)  # fmt: skip


@pytest.mark.parametrize("number, month", list(enumerate(MONTHS, 1)))
def test_months_in_arabic_are_moroccan(app: Flask, number: int, month: str) -> None:
    assert show(app, "ar", "day_of|month", day_of=date(2027, number, 3)) == month


@pytest.mark.parametrize(
    "start, end, ar, fr",
    [
        ((2027, 6, 4), (2027, 6, 6), "من 4 إلى 6 يونيو 2027", "du 4 au 6 juin 2027"),
        ((2027, 5, 28), (2027, 6, 3), "من 28 ماي إلى 3 يونيو 2027", "du 28 mai au 3 juin 2027"),
        (
            (2027, 12, 28),
            (2028, 1, 3),
            "من 28 دجنبر 2027 إلى 3 يناير 2028",
            "du 28 décembre 2027 au 3 janvier 2028",
        ),
        ((2027, 5, 28), (2027, 5, 28), "28 ماي 2027", "28 mai 2027"),
    ],
    ids=["one month", "two months", "two years", "one day"],
)
def test_day_range_tells_what_both_days_share_once(
    app: Flask, start: tuple[int, int, int], end: tuple[int, int, int], ar: str, fr: str
) -> None:
    days = {"start": date(*start), "end": date(*end)}
    assert [show(app, language, "start|day_range(end)", **days) for language in ("ar", "fr")] == [ar, fr]


@pytest.mark.parametrize(
    "count, text",
    [
        (0, "بلا أروقة"),
        (1, "رواق واحد"),
        (2, "رواقان"),
        (3, "3 أروقة"),
        (11, "11 رواقا"),
        (40, "40 رواقا"),
        (100, "100 رواق"),
    ],
)
def test_arabic_has_six_plural_forms(app: Flask, count: int, text: str) -> None:
    with reading_in(app, "ar"):
        assert ngettext("%(num)d stand", "%(num)d stands", count) == text


@pytest.mark.parametrize(
    "names, shown",
    [
        ({"name_ar": "ا", "name_fr": "F", "name_en": "E"}, ["ا", "F", "E"]),
        ({"name_ar": "ا", "name_fr": "F"}, ["ا", "F", "F"]),
        ({"name_ar": "ا", "name_fr": None, "name_en": ""}, ["ا", "ا", "ا"]),
        ({}, ["", "", ""]),
    ],
    ids=["all", "no English", "Arabic only", "none"],
)
def test_local_name_falls_back_to_another_language(
    app: Flask, names: dict[str, str | None], shown: list[str]
) -> None:
    thing = SimpleNamespace(**names)
    assert [show(app, language, "local_name(thing)", thing=thing) for language in LOCALES] == shown
    assert [show(app, language, "thing|local_name", thing=names) for language in LOCALES] == shown


def test_filters_in_plain_text_print_no_markup(app: Flask) -> None:
    with reading_in(app, "fr"):
        template = app.jinja_env.overlay(autoescape=False).from_string(
            "{{ 125050|dirhams }} {{ at|moment }} {{ 'K7QM4T2X'|reference }} {{ 'A <b>'|isolate }}"
        )
        text = template.render(at=VALUES["winter"])
    assert text == "1\u202f250,50 DH 1er décembre 2026 à 12:00 K7QM-4T2X \u2068A <b>\u2069"

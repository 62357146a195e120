"""Values in texts, who is reached how, and how long an SMS is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairapp.mailings.domain import (
    PLACEHOLDERS,
    Reach,
    SmsLength,
    Texts,
    Written,
    fill,
    names_in,
    reach_of,
    sms_length,
    sms_text,
    write,
)
from fairapp.mailings.errors import PlaceholderUnknown

VALUES = {
    "cooperative": "تعاونية الأمل",
    "reference": "K7QM-4T2X",
    "event": "Foire d’Agadir",
    "days": "28 mai",
    "link": "https://x.ma/m/t",
}


@pytest.mark.parametrize(
    "text, filled",
    [
        ("مرحبا {التعاونية}، رقمكم {رقم الطلب}", "مرحبا تعاونية الأمل، رقمكم K7QM-4T2X"),
        ("{ Numero } {evenement} {JOURS} {événement}", "K7QM-4T2X Foire d’Agadir 28 mai Foire d’Agadir"),
        ("no value", "no value"),
    ],
)
def test_fill_puts_values_in_whatever_the_spelling(text: str, filled: str) -> None:
    assert fill(text, VALUES) == filled


def test_fill_reads_no_names_in_values() -> None:
    assert fill("{coopérative}", {**VALUES, "cooperative": "{lien} \\1"}) == "{lien} \\1"


@pytest.mark.parametrize("text", ["{nom}", "{}", "{ }", "a {lien} {الهاتف}"])
def test_names_of_no_value_are_refused(text: str) -> None:
    with pytest.raises(PlaceholderUnknown):
        names_in(text)
    with pytest.raises(PlaceholderUnknown):
        Texts("x", text, "x", "x").check()


def test_every_language_names_every_value() -> None:
    assert [sorted(words.values()) for words in PLACEHOLDERS.values()] == [sorted(VALUES)] * 2


def test_write_adds_the_link_where_the_text_has_none() -> None:
    assert write("À  {coopérative}\n", " Bonjour ", VALUES) == Written(
        "À تعاونية الأمل", "Bonjour\n\nhttps://x.ma/m/t"
    )
    assert write("x", "Ici {lien} !", VALUES).body == "Ici https://x.ma/m/t !"


@pytest.mark.parametrize(
    "email, phone, reach",
    [
        ("a@b.ma", None, Reach.MAIL),
        ("a@b.ma", "+212612345678", Reach.MAIL),
        (None, "+212612345678", Reach.SMS),
        (None, "+212712345678", Reach.SMS),
        (None, "+212523456789", Reach.CALL),
        ("", None, Reach.CALL),
    ],
)
def test_reach_is_mail_then_a_mobile_phone_then_a_call(
    email: str | None, phone: str | None, reach: Reach
) -> None:
    assert reach_of(email=email, phone=phone) is reach


@pytest.mark.parametrize(
    "text, length",
    [
        ("", SmsLength(0, 1, is_wide=False)),
        ("a" * 160, SmsLength(160, 1, is_wide=False)),
        ("a" * 161, SmsLength(161, 2, is_wide=False)),
        ("a" * 306, SmsLength(306, 2, is_wide=False)),
        ("a" * 307, SmsLength(307, 3, is_wide=False)),
        ("é" * 160, SmsLength(160, 1, is_wide=False)),
        ("€" * 81, SmsLength(162, 2, is_wide=False)),
        ("ç", SmsLength(1, 1, is_wide=True)),
        ("’" + "a" * 70, SmsLength(71, 2, is_wide=True)),
        ("م" * 70, SmsLength(70, 1, is_wide=True)),
        ("م" * 71, SmsLength(71, 2, is_wide=True)),
        ("م" * 134, SmsLength(134, 2, is_wide=True)),
        ("م" * 135, SmsLength(135, 3, is_wide=True)),
        ("😀", SmsLength(2, 1, is_wide=True)),
    ],
)
def test_sms_length_counts_as_the_network_does(text: str, length: SmsLength) -> None:
    assert sms_length(text) == length


@given(st.text())
def test_sms_of_any_text_has_a_length(text: str) -> None:
    one_line = sms_text(text)
    assert "\n" not in one_line
    assert sms_length(one_line).parts >= 1

"""Identities, passwords, browsers and windows: rules only."""

from datetime import UTC, datetime, timedelta

import pytest

from fairapp.accounts.domain import (
    SCOPES,
    Identity,
    check_password,
    describe_browser,
    normalize_email,
    parse_identity,
    password_fingerprint,
    window_start,
)
from fairapp.accounts.errors import PasswordEasilyGuessed, PasswordTooLong, PasswordTooShort
from fairapp.audit.domain import Role


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Amina@Example.ORG ", Identity(email="amina@example.org")),
        ("06 12 34 56 78", Identity(phone="+212612345678")),
        ("٠٦١٢٣٤٥٦٧٨", Identity(phone="+212612345678")),
        ("00212 6-12-34-56-78", Identity(phone="+212612345678")),
        ("amina", None),
        ("amina@", None),
        ("", None),
    ],
)
def test_parse_identity_in_any_writing_gives_one_form(text: str, expected: Identity | None) -> None:
    assert parse_identity(text) == expected


def test_normalize_email_too_long_is_none() -> None:
    assert normalize_email("a" * 250 + "@b.ma") is None


@pytest.mark.parametrize(
    "password", ["souk of the mountains 7", "كلمات قليلة للدخول", "correct horse battery"]
)
def test_check_password_of_several_words_is_taken(password: str) -> None:
    check_password(password, about=("Amina", "amina@example.org", "+212612345678"))


@pytest.mark.parametrize(
    "password, refusal",
    [
        ("short", PasswordTooShort),
        ("x" * 129, PasswordTooLong),
        ("password12345", PasswordEasilyGuessed),
        ("aaaaaaaaaaaa", PasswordEasilyGuessed),
        ("aminaamina12", PasswordEasilyGuessed),
        ("+212612345678", PasswordEasilyGuessed),
        ("06 12 34 56 78", PasswordEasilyGuessed),
    ],
)
def test_check_password_that_is_guessed_first_is_refused(password: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check_password(password, about=("Amina", "amina@example.org", "+212612345678"))


@pytest.mark.parametrize(
    "user_agent, expected",
    [
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile Safari/537.36", "Chrome, Android"),
        (
            "Mozilla/5.0 (iPhone; like Mac OS X) Version/17.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Firefox/121.0", "Firefox, Linux"),
        ("curl/8", "curl/8"),
        ("", ""),
    ],
)
def test_describe_browser_in_words(user_agent: str, expected: str) -> None:
    assert describe_browser(user_agent) == expected


def test_window_start_is_the_same_within_a_window() -> None:
    at = datetime(2027, 5, 20, 9, 31, tzinfo=UTC)
    assert window_start(at, 900) == datetime(2027, 5, 20, 9, 30, tzinfo=UTC)
    assert window_start(at + timedelta(minutes=14), 900) == datetime(2027, 5, 20, 9, 45, tzinfo=UTC)


def test_password_fingerprint_changes_with_the_password() -> None:
    assert password_fingerprint("u", "a") != password_fingerprint("u", "b")
    assert password_fingerprint("u", None) == password_fingerprint("u", None)


def test_scopes_name_every_role_of_accounts() -> None:
    assert set(SCOPES) == set(Role) - {Role.TILL}

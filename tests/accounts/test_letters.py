"""Letters of accounts: in each language, with a link that leads to a page of ours."""

import email
from email.policy import default
from typing import Any

import pytest
from flask import Flask

from fairapp.messages.domain import Channel
from fairapp.messages.letters import write_letter
from fairapp.messages.models import Message
from tests import NOW

LETTERS: dict[str, dict[str, Any]] = {
    "accounts/invited": {
        "cooperative_ar": "تعاونية الأمل",
        "cooperative_fr": "Coopérative Al Amal",
        "days": 30,
    },
    "accounts/password_link": {"name": "Amina", "minutes": 60},
    "accounts/first_password": {"name": "Amina", "minutes": 60},
}


@pytest.mark.parametrize("locale", ["ar", "fr", "en"])
@pytest.mark.parametrize("kind", LETTERS)
def test_letter_is_written_in_the_language_with_its_link(app: Flask, kind: str, locale: str) -> None:
    page = "invitation" if kind == "accounts/invited" else "password"
    settings = app.extensions["settings"]
    link = f"{settings.public_url}/{locale}/{page}/t-o_k"
    for channel in Channel:
        message = Message(
            id=1,
            key="k",
            channel=channel,
            recipient="a@example.org",
            locale=locale,
            template=kind,
            context=LETTERS[kind] | {"token": "t-o_k"},
            created_at=NOW,
        )
        with app.app_context():
            letter = write_letter(message, [], settings)
        if channel is Channel.SMS:
            assert link in letter.content.decode()
            continue
        mail = email.message_from_bytes(letter.content, policy=default)
        plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
        assert plain is not None
        assert html is not None
        assert link in plain.get_content()
        assert f'href="{link}"' in html.get_content()
        assert f'<html lang="{locale}"' in html.get_content()

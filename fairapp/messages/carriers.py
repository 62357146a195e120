"""What carries letters: an SMTP server, or the mailbox folder of this machine."""

import os
import smtplib
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from config import Settings
from fairapp.messages.domain import Channel
from fairapp.messages.letters import Letter

TIMEOUT_S = 20
MOMENTARY = range(400, 500)
READY_FOR_CONTENT = 354
ACCEPTED = range(200, 300)

Begin = Callable[[], bool]


class LetterRefused(Exception):  # noqa: N818 - named for what happened
    """The server refused the letter; `final` when it would refuse it again."""

    def __init__(self, code: int, *, final: bool) -> None:
        super().__init__(f"refused with {code}")
        self.final = final


class Carrier(Protocol):
    """Delivers a letter. Calls `begin` at the last moment at which nothing was handed over;

    when `begin` says no, another worker has the letter and nothing is handed over.
    Raises: LetterRefused, or OSError and smtplib's errors when the way is broken.
    """

    def deliver(self, letter: Letter, begin: Begin) -> bool:
        """Return whether the letter was handed over."""


class SmtpServer:
    """A mail server, spoken to step by step so that the mark `sending` is as late as can be."""

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self._options = parse_qs(self._parts.query)

    def _connect(self) -> smtplib.SMTP:
        host, secure = self._parts.hostname or "localhost", self._parts.scheme == "smtps"
        if secure:
            context = ssl.create_default_context()
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                host, self._parts.port or 465, timeout=TIMEOUT_S, context=context
            )
        else:
            smtp = smtplib.SMTP(host, self._parts.port or 25, timeout=TIMEOUT_S)
        if not secure and "starttls" in self._options:
            smtp.starttls(context=ssl.create_default_context())
        if self._parts.username:
            smtp.login(unquote(self._parts.username), unquote(self._parts.password or ""))
        return smtp

    def deliver(self, letter: Letter, begin: Begin) -> bool:
        """Hand a mail over; see Carrier."""
        with self._connect() as smtp:
            smtp.ehlo_or_helo_if_needed()
            _insist(*smtp.mail(letter.sender))
            _insist(*smtp.rcpt(letter.recipient))
            if not begin():
                smtp.rset()
                return False
            try:
                _insist(*smtp.data(letter.content))
            except smtplib.SMTPDataError as error:
                raise LetterRefused(error.smtp_code, final=error.smtp_code not in MOMENTARY) from error
            return True


def _insist(code: int, _answer: bytes) -> None:
    if code not in ACCEPTED:
        raise LetterRefused(code, final=code not in MOMENTARY)


class MailboxFolder:
    """A folder that takes mail and SMS: for demonstrations, and for trying without a server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, letter: Letter, begin: Begin) -> bool:
        """Write the letter as a file, whole or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        if not begin():
            return False
        suffix = "eml" if letter.channel is Channel.MAIL else "sms"
        content = letter.content
        if letter.channel is Channel.SMS:
            content = f"{letter.recipient}\n".encode() + content
        number = len(list(self._folder.iterdir())) + 1
        draft = self._folder / f".{os.getpid()}-{number}"
        draft.write_bytes(content)
        while True:
            target = self._folder / f"{number:06d}.{suffix}"
            try:
                os.link(draft, target)
            except FileExistsError:
                number += 1
                continue
            draft.unlink()
            return True


class NoGateway:
    """Stands where no SMS gateway is set: every SMS is refused and listed for a phone call."""

    def deliver(self, letter: Letter, begin: Begin) -> bool:
        """Refuse for good."""
        raise LetterRefused(501, final=True)


def carrier_for(channel: Channel, settings: Settings) -> Carrier:
    """Return what carries a channel under these settings."""
    if channel is Channel.MAIL and settings.mail_url is not None:
        return SmtpServer(settings.mail_url.get_secret_value())
    if channel is Channel.SMS and not settings.fairapp_demo:
        return NoGateway()
    return MailboxFolder(settings.var / "mailbox")

"""Reading the mailbox folder of a demonstration."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from fairapp.foundation.errors import NotFound


@dataclass(frozen=True, slots=True)
class Part:
    """A file inside a mail."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail or SMS as it lies in the folder, newest number last."""

    number: int
    recipient: str
    subject: str
    text: str
    html: str | None
    parts: tuple[Part, ...]


def letters(folder: Path, *, most: int = 100) -> list[Letter]:
    """Return the newest letters, newest first."""
    paths = sorted((path for path in folder.glob("[0-9]*") if path.is_file()), reverse=True)
    return [_read(path) for path in paths[:most]]


def letter(folder: Path, number: int) -> Letter:
    """Return one letter.

    Raises: NotFound.
    """
    for path in folder.glob(f"{number:06d}.*"):
        return _read(path)
    raise NotFound()


def _read(path: Path) -> Letter:
    number = int(path.stem)
    if path.suffix == ".sms":
        recipient, _, text = path.read_text("utf-8").partition("\n")
        return Letter(number, recipient, "SMS", text, None, ())
    mail = message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(mail, EmailMessage)
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    return Letter(
        number,
        str(mail["To"]),
        str(mail["Subject"]),
        plain.get_content() if plain else "",
        html.get_content() if html else None,
        tuple(_parts(mail)),
    )


def _parts(mail: EmailMessage) -> list[Part]:
    found = []
    for part in mail.walk():
        if filename := part.get_filename():
            content = part.get_payload(decode=True)
            found.append(
                Part(filename, part.get_content_type(), content if isinstance(content, bytes) else b"")
            )
    return found

"""Reading a written letter as its recipient does."""

from email import message_from_bytes
from email.policy import SMTP


def parts_of(content: bytes) -> dict[str, str]:
    """Return the text of each part of a mail by its media type, and its subject."""
    mail = message_from_bytes(content, policy=SMTP)
    parts = {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}
    return parts | {"subject": str(mail["Subject"])}

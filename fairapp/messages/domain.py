"""Channels and states of messages, and what a message carries."""

import enum
from dataclasses import dataclass


class Channel(enum.StrEnum):
    """How a message travels."""

    MAIL = "mail"
    SMS = "sms"


class MessageState(enum.StrEnum):
    """State of a message. `sending` that stays means: killed on the way, a person decides."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message. An image named `cid:…` in the HTML part is inline."""

    filename: str
    media_type: str
    content: bytes

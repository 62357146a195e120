"""Channels and states of messages."""

import enum


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

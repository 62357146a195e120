"""Words of a mailing."""

import enum


class Reach(enum.StrEnum):
    """How a recipient of a mailing is reached: `call` is a person on the phone or at the door."""

    MAIL = "mail"
    SMS = "sms"
    CALL = "call"

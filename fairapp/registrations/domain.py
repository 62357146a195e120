"""States of a registration and which decision leads from where to where."""

import enum


class RegistrationState(enum.StrEnum):
    """State of a registration (contracts 4)."""

    DRAFT = "draft"
    RECEIVED = "received"
    UNDER_REVIEW = "under_review"
    INCOMPLETE = "incomplete"
    ACCEPTED = "accepted"
    WAITLISTED = "waitlisted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class FilingChannel(enum.StrEnum):
    """Through which channel a registration was filed."""

    SELF = "self"
    DESK = "desk"
    PAPER = "paper"


class Gender(enum.StrEnum):
    """Gender as the person stated it; not stated is NULL, never guessed."""

    WOMAN = "woman"
    MAN = "man"

"""Verdicts at the gate and facts from devices."""

import enum


class ScanOutcome(enum.StrEnum):
    """What the server says of a scan (contracts 3)."""

    ADMITTED = "admitted"
    ALREADY_IN = "already_in"
    REVOKED = "revoked"
    WRONG_EVENT = "wrong_event"
    WRONG_DAY = "wrong_day"
    FORGED = "forged"


class GateDecision(enum.StrEnum):
    """What a gate decided by itself, without network; kept as a fact."""

    ADMITTED = "admitted"
    REFUSED = "refused"

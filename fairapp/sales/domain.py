"""Payments, outcomes of a sync and flags of entries."""

import enum


class Payment(enum.StrEnum):
    """How a buyer paid."""

    CASH = "cash"
    CARD = "card"
    TRANSFER = "transfer"
    MOBILE = "mobile"


class SyncOutcome(enum.StrEnum):
    """Answer to one entry of a sync (contracts 3)."""

    RECORDED = "recorded"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REJECTED = "rejected"


class FlagKind(enum.StrEnum):
    """Why an organizer should look at an entry that was recorded all the same."""

    NO_HOLDER = "no_holder"
    OUTSIDE_DAYS = "outside_days"
    CLOCK_CORRECTED = "clock_corrected"
    REVERSAL_MISMATCH = "reversal_mismatch"


class ReportSource(enum.StrEnum):
    """How a stand's declaration reached us."""

    TILL = "till"
    PAPER = "paper"
    PHONE = "phone"

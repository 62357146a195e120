"""Refusals of the ledger: of one entry of a sync, of a day report, of a till."""

from fairapp.foundation.errors import Conflict, NotFound, RuleViolation
from fairapp.foundation.text import N_


class EntryRejected(RuleViolation):
    """One entry cannot stand in the ledger; it hinders no other."""


class EntryUnreadable(EntryRejected):
    """The entry is not an object."""

    message = N_("An entry is an object with id, stop, stand, sold_at, amount and payment.")


class IdUnreadable(EntryRejected):
    """The id of an entry, or of the sale that it reverses, is not a UUID."""

    message = N_("The id is not a UUID.")


class AmountRejected(EntryRejected):
    """Not a positive decimal of at most two places up to 9999999.99."""

    message = N_("The amount is a positive decimal with at most two places, up to 9999999.99.")
    field = "amount"


class TimeRejected(EntryRejected):
    """Not a time with offset, or in no year that a fair could be held in."""

    message = N_("The time of the sale is not a date and time with its offset.")


class PaymentUnknown(EntryRejected):
    """Not a way of paying that the ledger knows."""

    message = N_("The payment is one of cash, card, transfer and mobile.")


class SectorUnknown(EntryRejected):
    """No sector has this code."""

    message = N_("No sector has this code.")


class ProductUnreadable(EntryRejected):
    """The product is not a text of at most 120 signs."""

    message = N_("The product is a text of at most 120 signs.")


class QuantityRejected(EntryRejected):
    """Not a positive decimal of at most three places."""

    message = N_("The quantity is a positive decimal with at most three places.")


class PlaceUnknown(EntryRejected):
    """The event has no such stop or stand, or it is not the caller's."""

    message = N_("You have no such stand at this stop.")
    field = "stand"


class ReversalMismatch(EntryRejected):
    """A reversal with another amount or stand than its sale, of a reversal, or of itself."""

    message = N_("A reversal repeats the stand and the amount of a sale.")


class AlreadyReversed(Conflict):
    """Another reversal of the same sale is in the ledger."""

    message = N_("This sale is already cancelled.")


class IdTaken(Conflict):
    """The id stands for other content."""

    message = N_("This id is already recorded with other content.")


class DayNotOpen(RuleViolation):
    """The day has not begun, or is none of the stop's days."""

    message = N_("The stop is not open on this day, or the day has not begun.")
    field = "day"


class NothingToReverse(RuleViolation):
    """The entry is not a sale of this stand."""

    message = N_("We did not find this sale.")


class FlagNotFound(NotFound):
    """The event has no such flag."""

    message = N_("We did not find this question.")

"""Refusals of stands, floor plans and allocation."""

from fairapp.foundation.errors import Conflict, NotFound, RuleViolation
from fairapp.foundation.text import N_


class StandNotFound(NotFound):
    """The stop has no stand of this code."""

    message = N_("We did not find this stand.")


class RegistrationNotFound(RuleViolation):
    """The event has no registration of this reference."""

    message = N_("This event has no registration with this reference.")
    field = "registration"


class StandTaken(Conflict):
    """Another registration already holds the stand."""

    message = N_("Stand %(stand)s is already allocated.")
    field = "stand"


class StandFree(Conflict):
    """Nobody holds the stand any more."""

    message = N_("Nobody holds stand %(stand)s.")
    field = "stand"


class NotAccepted(RuleViolation):
    """Only an accepted registration holds a stand."""

    message = N_("The registration is not accepted, so it cannot hold a stand.")
    field = "registration"


class StopNotAsked(RuleViolation):
    """The registration does not ask for this stop."""

    message = N_("The registration does not ask for this stop.")
    field = "registration"


class NotForExhibitors(RuleViolation):
    """The stand is kept for institutions or services."""

    message = N_("Stand %(stand)s is kept for institutions or services.")
    field = "stand"


class StopIsCancelled(RuleViolation):
    """Nothing is allocated at a cancelled stop."""

    message = N_("This stop is cancelled.")
    field = "stop"


class QuotaReached(RuleViolation):
    """The registration holds as many stands at the stop as the call allows."""

    message = N_("The registration already holds %(held)s of %(most)s stands at this stop.")
    field = "registration"


class SameStand(RuleViolation):
    """A stand cannot be exchanged with itself."""

    message = N_("Choose another stand.")
    field = "stand"


class StandCodeTwice(RuleViolation):
    """Two stands of one list have the same code."""

    message = N_("Two stands have the code %(code)s.")
    field = "stands"


class StandCodesTaken(RuleViolation):
    """A block of stands meets codes that exist."""

    message = N_("The code %(code)s exists already. Choose other letters or another first number.")
    field = "prefix"


class StandHeld(Conflict):
    """A held stand is not removed, and stays a stand for exhibitors."""

    message = N_("Stand %(stand)s is allocated. Release it first.")
    field = "stand"


class StandHasHistory(RuleViolation):
    """A stand that someone held or sold at stays on record."""

    message = N_("Stand %(stand)s was used and stays on record.")
    field = "stand"


class TooManyStands(RuleViolation):
    """More stands than any site holds: most likely a slip in rows or columns."""

    message = N_("At most %(most)s stands can be made at once.")
    field = "stands"


class SheetUnreadable(RuleViolation):
    """The file is not a table of stands."""

    message = N_("The file has no table of stands. Its first line must name the column code.")
    field = "file"


class SheetEmpty(RuleViolation):
    """The file names no stand."""

    message = N_("The file names no stand.")
    field = "file"


class SheetFaulty(RuleViolation):
    """A sheet with faulty lines is not taken in, not even in part."""

    message = N_("Some lines of the file have mistakes. Nothing was taken in.")
    field = "file"

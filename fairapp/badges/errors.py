"""Refusals of badges, their prints and gates."""

from fairapp.foundation.errors import Conflict, NotFound, RuleViolation
from fairapp.foundation.text import N_


class BadgeNotFound(NotFound):
    """No such badge, or not this person's."""

    message = N_("We did not find this badge.")


class PrintNotFound(NotFound):
    """No such print of badges, or a newer one took its place."""

    message = N_("We did not find this print. Ask for a new one.")


class ScanNotFound(NotFound):
    """No such scan at this event."""

    message = N_("We did not find this scan.")


class AlreadyRevoked(Conflict):
    """The badge was revoked before."""

    message = N_("This badge is already revoked.")


class NothingToPrint(RuleViolation):
    """The event has no valid badge."""

    message = N_("There is no valid badge to print yet.")


class UnknownStop(RuleViolation):
    """A scan names a stop that the event, or the device, does not have."""

    message = N_("The event has no stop %(stop)s for this device.")

    def __init__(self, *, stop: str, position: int) -> None:
        super().__init__(stop=stop)
        self.field = f"scans/{position}/stop"

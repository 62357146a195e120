"""Refusals around registrations."""

from fairapp.foundation.errors import Conflict, Forbidden, NotFound, RuleViolation
from fairapp.foundation.text import N_


class RegistrationNotFound(NotFound):
    """No such registration, or not this person's."""

    message = N_("We did not find this registration.")


class DraftNotFound(NotFound):
    """The draft is gone, or was never this browser's."""

    message = N_("We did not find the answers typed so far. Start the registration again.")


class RegistrationClosed(RuleViolation):
    """The event takes no registrations today."""

    message = N_("Registration for this event is closed.")


class AlreadyRegistered(RuleViolation):
    """The cooperative has a live registration for the event."""

    message = N_("This cooperative has already sent a registration for this event.")
    field = "cooperative"


class ForeignEvent(Forbidden):
    """An organizer files for an event outside its scope."""

    message = N_("Your account does not organize this event.")


class StopMissing(RuleViolation):
    """No stop is asked for."""

    message = N_("Choose at least one stop.")
    field = "stops"


class StopNotOffered(RuleViolation):
    """A stop that the event does not have, or that is cancelled or over."""

    message = N_("The stop %(code)s takes no registrations.")
    field = "stops"


class SectorMissing(RuleViolation):
    """Nothing is said of what will be shown."""

    message = N_("Choose at least one kind of product.")
    field = "sectors"


class RepresentativeMissing(RuleViolation):
    """Nobody is named who comes."""

    message = N_("Write the name of at least one person who comes.")
    field = "representatives"


class TooManyRepresentatives(RuleViolation):
    """More people are named than the event allows."""

    message = N_("At most %(most)s people may come for one cooperative.")
    field = "representatives"


class WidthNotOffered(RuleViolation):
    """The width asked for is not one that stands have."""

    message = N_("Choose a width between 1 and 20 metres.")
    field = "stand_needs/width_m"


class ReasonMissing(RuleViolation):
    """A decision other than accepting was made without a reason."""

    message = N_("Choose the reason: it is sent to the cooperative.")
    field = "reason"


class ReasonUnknown(RuleViolation):
    """The call of the event does not list the reason."""

    message = N_("The call of this event does not list this reason.")
    field = "reason"


class DecisionNotPossible(Conflict):
    """The state of the registration does not lead to this decision."""

    message = N_("This decision is not possible any more: the registration has changed. Open it again.")
    field = "decision"

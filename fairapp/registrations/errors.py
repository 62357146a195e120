"""Refusals around registrations."""

from datetime import datetime

from fairapp.foundation.errors import Conflict, Forbidden, NotFound, RuleViolation
from fairapp.foundation.text import N_


class RegistrationNotFound(NotFound):
    """No such registration, or not this person's."""

    message = N_("We did not find this registration.")


class DraftNotFound(NotFound):
    """The draft is gone, or was never this browser's."""

    message = N_("We did not find the answers typed so far. Start the registration again.")


class SavedElsewhere(Conflict):
    """Another phone saved the same step since this page was opened."""

    message = N_("Another phone has saved this page in the meantime. Nothing is lost: choose below.")


class CodeWrong(RuleViolation):
    """The code does not open this reference, or no longer."""

    message = N_("This code does not open the registration. Check it, or ask for a new one.")
    field = "code"


class NothingChanged(RuleViolation):
    """A change that changes nothing."""

    message = N_("Nothing is changed yet. Choose what you want to change.")


class ChangeNotPossible(Conflict):
    """The registration was decided or withdrawn: it is not changed any more."""

    message = N_("This registration cannot be changed any more. Ask the organizer.")


class ChangeSettled(Conflict):
    """Another person answered the change, or the cooperative asked for another one."""

    message = N_("This change was answered in the meantime. Open the registration again.")


class PersonHasBadge(RuleViolation):
    """Fewer people than badges: who comes may be replaced, not left out."""

    message = N_("Badges are made already: write another person, or ask the organizer to revoke the badge.")


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


class DecidedMeanwhile(DecisionNotPossible):
    """Somebody else decided after the page was read; `state` and `at` say what and when."""

    message = N_("%(who)s has decided on this registration in the meantime. Look at it again.")

    def __init__(self, *, who: str, state: str, at: datetime) -> None:
        super().__init__(who=who)
        self.state = state
        self.at = at


class NothingChosen(RuleViolation):
    """A decision on many registrations names none."""

    message = N_("Choose at least one registration.")


class NoteMissing(RuleViolation):
    """A note is written in one language, and some of those who get it read the other."""

    message = N_("Write the note in both languages: some of them read the other one.")


class BulkNotFound(NotFound):
    """No such decision on many registrations, or not of an event in the actor's scope."""

    message = N_("We did not find this decision.")


class TooManyViews(RuleViolation):
    """A person has named as many views of one event as a page can show."""

    message = N_("Remove a view first: at most %(most)s can be kept.")
    field = "name"


class ViewUnnamed(RuleViolation):
    """A view is kept without a name."""

    message = N_("Write a name for the view.")
    field = "name"


class ExemptionNotOffered(RuleViolation):
    """The call knows no exemption from this document."""

    message = N_("This document knows no exemption. Choose another answer.")
    field = "state"


class ExplanationMissing(RuleViolation):
    """An exemption without its reason."""

    message = N_("Write in some words why you are exempt.")
    field = "explanation"


class TooManyOfDocument(RuleViolation):
    """More files for one document than are kept."""

    message = N_("At most %(most)s files are kept for one document. Remove one first.")
    field = "file"


class DocumentUnknown(NotFound):
    """The call does not ask this registration for the document."""

    message = N_("This document is not asked for.")


class DocumentsClosed(RuleViolation):
    """The registration was refused or withdrawn: nobody reads its papers any more."""

    message = N_("Nothing can be added to this registration any more.")


class DetailsNotAsked(NotFound):
    """The second form is for the accepted alone, once they were asked."""

    message = N_("Nothing more is asked of this registration.")


class NothingToConfirm(RuleViolation):
    """The cooperative filed it itself, or it was withdrawn."""

    message = N_("Nothing is left to confirm for this registration.")

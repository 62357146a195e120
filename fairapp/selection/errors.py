"""Refusals of committees, scores and runs."""

from fairapp.foundation.errors import Conflict, NotFound, RuleViolation
from fairapp.foundation.text import N_


class ReviewerNotFound(NotFound):
    """No such reviewer in the committee of this event."""

    message = N_("We did not find this reviewer.")


class AssignmentNotFound(NotFound):
    """The file is not, or no longer, this reviewer's."""

    message = N_("This file is not on your list.")


class RunNotFound(NotFound):
    """No such recorded run for this event."""

    message = N_("We did not find this run.")


class AlreadyInCommittee(RuleViolation):
    """The account is a member of the committee."""

    message = N_("This person is already in the committee.")
    field = "email"


class NameNeeded(RuleViolation):
    """There is no account with this address: it is made, and needs a name."""

    message = N_("No account has this e-mail address yet. Write the name, and the person is invited.")
    field = "name"


class NetworkUnknown(RuleViolation):
    """No such network."""

    message = N_("Choose a network of the list.")
    field = "network"


class CooperativeNotRegistered(RuleViolation):
    """A conflict is declared about a cooperative that registered for this event."""

    message = N_("No registration for this event has this reference.")
    field = "reference"


class SeedMissing(RuleViolation):
    """Files are shared out and ranked only after the seed of the draw is published."""

    message = N_("Publish the seed of the draw first.")


class SeedFixed(RuleViolation):
    """Once a score is given or a run is recorded, the seed stays."""

    message = N_("Scores are given: the seed stays as it was published.")
    field = "seed"


class ScoringClosed(RuleViolation):
    """A run was recorded with this score; it can no longer be changed."""

    message = N_("The ranking is recorded. Scores given before it cannot be changed.")


class PointsMissing(RuleViolation):
    """Each criterion needs points on its scale."""

    message = N_("Give points for each criterion.")


class NothingToRank(RuleViolation):
    """No registration has a score, or there is none."""

    message = N_("There is nothing to rank yet: no registration has a score.")


class PlacesMissing(RuleViolation):
    """Without a number of places nothing can be proposed."""

    message = N_("The call does not say how many places there are. Add them to the call first.")


class RankingChanged(Conflict):
    """Between looking and recording, the ranking became another one."""

    message = N_("The ranking changed while you looked at it. Look at it again, then record it.")


class RunSuperseded(RuleViolation):
    """Only the latest run can be decided from or changed."""

    message = N_("There is a newer run. Decide from that one.")


class RunDecided(RuleViolation):
    """Decisions were taken from the run; its proposals stay as they are."""

    message = N_("Decisions were taken from this run. Its proposals stay as they are.")


class OverrideNeedsNote(RuleViolation):
    """An override says why, in words."""

    message = N_("Write why you depart from the ranking. It stays in the log.")
    field = "note"


class SameAsProposed(RuleViolation):
    """The override is what is proposed anyway."""

    message = N_("This is what the ranking proposes already.")
    field = "proposal"


class NothingToDecide(RuleViolation):
    """All registrations are decided as the run proposes, or cannot be."""

    message = N_("Nothing is left to decide from this run.")

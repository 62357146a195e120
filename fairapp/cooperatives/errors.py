"""Refusals of the directory."""

from fairapp.foundation.errors import NotFound, RuleViolation
from fairapp.foundation.text import N_


class CooperativeNotFound(NotFound):
    """No such cooperative, or not this person's."""

    message = N_("We did not find this cooperative.")
    field = "cooperative"


class NameMissing(RuleViolation):
    """A cooperative has no name in any language."""

    message = N_("Write the name of the cooperative, in Arabic or in French.")
    field = "name_ar"


class MoreWomenThanMembers(RuleViolation):
    """There are more women members than members."""

    message = N_("The women cannot be more than the members (%(members)s).")
    field = "women_members"


class MoreYouthThanMembers(RuleViolation):
    """There are more young members than members."""

    message = N_("The young members cannot be more than the members (%(members)s).")
    field = "youth_members"


class RegisterNumberMissing(RuleViolation):
    """A register court is named without the number that it gave."""

    message = N_("Write the number too: the court alone does not identify the cooperative.")
    field = "register_number"


class FoundedLater(RuleViolation):
    """The day of founding lies in the future."""

    message = N_("The day of founding cannot be in the future.")
    field = "founded_on"

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


class CardChanged(RuleViolation):
    """Someone else changed the card since it was opened."""

    message = N_("Someone changed this card since you opened it. Look at it again, then save yours.")


class ProgrammeNotFound(NotFound):
    """No such programme."""

    message = N_("We did not find this programme.")
    field = "programme"


class NetworkNotFound(NotFound):
    """No such network."""

    message = N_("We did not find this network.")
    field = "network"


class SupportNotFound(NotFound):
    """The cooperative has no such support, or it ended already."""

    message = N_("This has ended already. Open the page again.")


class EndsBeforeItBegins(RuleViolation):
    """A dated support or membership would end before its first day."""

    message = N_("It began on %(since)s: choose that day or a later one.")
    field = "until_on"


class BeginsLater(RuleViolation):
    """A support or a membership is dated in the future."""

    message = N_("Choose today or a day before.")
    field = "since_on"


class HeldOnThatDay(RuleViolation):
    """The same membership or support is recorded for that day already."""

    message = N_("This is recorded for that day already. Look at the dates below.")
    field = "since_on"


class NotAMemberToLeave(RuleViolation):
    """The network to be left is not one that the cooperative belongs to."""

    message = N_("The cooperative does not belong to the network that it would leave.")
    field = "leaves"


class BodyUnknown(RuleViolation):
    """The network's own entry cannot be found by its code."""

    message = N_("No cooperative has this code. Codes look like K7QM-4T2X.")
    field = "body"


class ProductNotFound(NotFound):
    """No such product, or not of this cooperative."""

    message = N_("We did not find this product.")


class ProductNameMissing(RuleViolation):
    """A product has no name in any language."""

    message = N_("Write the name of the product, in Arabic or in French.")
    field = "name_ar"


class UnitWithoutPrice(RuleViolation):
    """A unit stands without a price."""

    message = N_("Write the price too, or leave the unit empty.")
    field = "price"


class TooManyProducts(RuleViolation):
    """A cooperative shows more products than a catalogue holds."""

    message = N_("A catalogue holds %(most)s products. Remove one first.")


class NotAPhoto(RuleViolation):
    """The photo of a product is a paper."""

    message = N_("Send a photo. A PDF cannot be shown in the catalogue.")
    field = "photo"


class MergeNotFound(NotFound):
    """No such merging."""

    message = N_("We did not find what was merged.")


class SameEntry(RuleViolation):
    """An entry would be merged with itself."""

    message = N_("These two are one entry already.")


class BothRegistered(RuleViolation):
    """Both entries have a registration for the same event: which one counts is not for us to guess."""

    message = N_("Both have a registration for: %(events)s. Withdraw one of the two first, then merge.")


class MergedLater(RuleViolation):
    """One of the two took part in a later merging."""

    message = N_("One of the two was merged again later. Undo that first.")


class UndoneAlready(RuleViolation):
    """The merging was undone already."""

    message = N_("This was undone already.")

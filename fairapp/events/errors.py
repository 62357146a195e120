"""Refusals of events, their stops and their calls."""

from fairapp.foundation.errors import Conflict, Forbidden, NotFound, RuleViolation
from fairapp.foundation.text import N_


class EventNotFound(NotFound):
    """No such event, or not this person's."""

    message = N_("We did not find this event.")


class StopNotFound(NotFound):
    """The event has no stop of this code."""

    message = N_("We did not find this stop.")


class SlugTaken(Conflict):
    """Another event has this address."""

    message = N_("Another event already has the address %(slug)s.")
    field = "slug"


class StopCodeTaken(RuleViolation):
    """Two stops of one event have the same code."""

    message = N_("Two stops have the code %(code)s.")
    field = "stops"


class NoStop(RuleViolation):
    """An event without a stop."""

    message = N_("Add at least one stop: a place and its days.")
    field = "stops"


class FairHasOneStop(RuleViolation):
    """A fair stays in one place."""

    message = N_("A fair has exactly one stop. Choose mobile market for several.")
    field = "stops"


class StopEndsBeforeStart(RuleViolation):
    """The last day of a stop lies before its first."""

    message = N_("The last day of stop %(code)s is before its first day.")
    field = "ends_on"


class StopTooLong(RuleViolation):
    """A stop that lasts longer than any real one: most likely a wrong year."""

    message = N_("Stop %(code)s lasts more than %(days)s days. Check the year.")
    field = "ends_on"


class WindowIncomplete(RuleViolation):
    """Only one of the two days of the registration window is given."""

    message = N_("Give both the first and the last day of registration, or neither.")
    field = "registration_closes_on"


class WindowReversed(RuleViolation):
    """Registration closes before it opens."""

    message = N_("Registration closes before it opens.")
    field = "registration_closes_on"


class UnknownRegion(RuleViolation):
    """No region has this code."""

    message = N_("No region has the code %(code)s.")
    field = "region"


class UnknownProvince(RuleViolation):
    """No province or prefecture has this code."""

    message = N_("No province or prefecture has the code %(code)s.")
    field = "province"


class SlugUnreadable(RuleViolation):
    """The address of the event is not made of small letters, digits and dashes."""

    message = N_("Write the address in small Latin letters, digits and dashes, for example khenifra-fair.")
    field = "slug"


class TitleMissing(RuleViolation):
    """An event needs its title in Arabic and in French."""

    message = N_("Write the title in Arabic and in French.")
    field = "title_ar"


class StopCancelled(RuleViolation):
    """The stop was cancelled."""

    message = N_("Stop %(code)s is cancelled.")
    field = "stop"


class WeightsDoNotSum(RuleViolation):
    """The weights of the criteria are points of one hundred."""

    message = N_("The weights of the criteria must add up to 100. They add up to %(sum)s.")
    field = "criteria"


class CodeTwice(RuleViolation):
    """Two entries of one list have the same code."""

    message = N_("Two entries have the code %(code)s.")
    field = "code"


class FixedReason(RuleViolation):
    """A reason that exists cannot be removed: people may have been told it."""

    message = N_("The reason %(code)s cannot be removed. Change its words instead.")
    field = "reasons"


class NotPublished(RuleViolation):
    """Registration cannot open while nobody sees the event."""

    message = N_("Publish the event first, then open registration.")


class RegistrationEnded(RuleViolation):
    """The last day of the event is over."""

    message = N_("The event is over, registration cannot open again.")


class QuotaTwice(RuleViolation):
    """Two quotas of one call name the same group."""

    message = N_("Two quotas name the same group.")
    field = "quotas"


class OutsideRegion(Forbidden):
    """An organizer of a region plans events of that region only."""

    message = N_("Your account organizes events of its own region only.")
    field = "region"


class ScaleOutside(RuleViolation):
    """A criterion is scored on a scale that nobody can use."""

    message = N_("Choose a highest score from 1 to %(most)s for each criterion.")
    field = "criteria"


class TooManyQuestions(RuleViolation):
    """The questions of one phase make a form that nobody finishes."""

    message = N_("Ask at most %(most)s questions at a time: long forms are not finished.")
    field = "questions"


class TooManyNeeded(RuleViolation):
    """More questions must be answered than a form at a desk has room for."""

    message = N_("At most %(most)s questions may be required to register. Make the others optional.")
    field = "questions"


class ChoicesMissing(RuleViolation):
    """A question with choices has too few of them, or too many."""

    message = N_("Give the question “%(title)s” from %(least)s to %(most)s choices.")
    field = "questions"


class ChoiceTwice(RuleViolation):
    """Two choices of one question read the same."""

    message = N_("Two choices of the question “%(title)s” are the same.")
    field = "questions"


class BoundsReversed(RuleViolation):
    """The least number allowed is above the most."""

    message = N_("The least number of “%(title)s” is above its most.")
    field = "questions"


class UnknownSector(RuleViolation):
    """No sector has this code."""

    message = N_("No sector has the code %(code)s.")
    field = "capacities"


class CapacityTwice(RuleViolation):
    """The places of one stop and sector are told twice."""

    message = N_("The places of one stop and sector are written twice.")
    field = "capacities"


class ObjectionsInOneLanguage(RuleViolation):
    """How to object is said in one language only."""

    message = N_("Write how to object in Arabic and in French.")
    field = "objections_ar"


class DaysToObject(RuleViolation):
    """Too few days to object, or so many that no decision ever stands."""

    message = N_("Give from %(least)s to %(most)s days to object.")
    field = "objection_days"


class ReviewsWanted(RuleViolation):
    """An impossible number of reviewers for each registration."""

    message = N_("Each registration is scored by 1 to %(most)s reviewers.")
    field = "reviews_wanted"


class HoursToAnswer(RuleViolation):
    """An offer of a free place is kept for an impossible time."""

    message = N_("An offered place is kept from 1 to %(most)s hours.")
    field = "offer_hours"


class DetailsDueLate(RuleViolation):
    """The second form would be due after the event."""

    message = N_("The details of those accepted are due before the last day of the event.")
    field = "details_due_on"


class SeedFixed(RuleViolation):
    """The seed of the draw cannot change once scores are known or a ranking used it."""

    message = N_("Scores are given already. The seed of the draw cannot change any more.")
    field = "draw_seed"

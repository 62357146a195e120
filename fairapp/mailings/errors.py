"""Refusals around mailings."""

from fairapp.foundation.errors import Conflict, NotFound, RuleViolation
from fairapp.foundation.text import N_


class MailingNotFound(NotFound):
    """No such mailing, or not of an event in the actor's scope."""

    message = N_("We did not find this message.")


class RecipientNotFound(NotFound):
    """The mailing does not go to this registration, or its link is unknown."""

    message = N_("We did not find this recipient.")


class NobodyToWriteTo(RuleViolation):
    """The filters leave no registration."""

    message = N_("The filters leave nobody to write to.")


class PlaceholderUnknown(RuleViolation):
    """A text names a value that there is none of."""

    message = N_("There is no value %(name)s. Those that exist are listed beside the text.")


class TextTooLongForSms(RuleViolation):
    """With real values, the text does not fit the parts that one SMS may have."""

    message = N_("As an SMS the text needs %(parts)s parts; at most %(most)s are sent. Shorten it.")


class AddressMissing(RuleViolation):
    """A trial is asked for by somebody whose account has no mail address."""

    message = N_("Your account has no mail address to send the trial to.")


class AudienceChanged(Conflict):
    """More or fewer registrations fit the filters than were shown before sending."""

    message = N_("The list has changed: it now names %(now)s, you saw %(seen)s. Look at it once more.")


class AlreadySent(Conflict):
    """A message that was sent is changed."""

    message = N_("This message was sent already and cannot be changed.")


class TooManyMailings(RuleViolation):
    """An event sends more messages in a day than anyone reads."""

    message = N_("This event has sent %(most)s messages in the last 24 hours. Wait before the next one.")

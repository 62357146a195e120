"""Refusals of what follows a decision."""

from fairapp.foundation.errors import Conflict, Forbidden, NotFound, RuleViolation
from fairapp.foundation.text import N_


class LetterNotFound(NotFound):
    """No such letter, or not this person's."""

    message = N_("We did not find this letter.")


class PrintNotFound(NotFound):
    """No such print of letters, or it is still being made."""

    message = N_("We did not find this print.")


class NothingToPrint(RuleViolation):
    """No letter of the event is to be printed."""

    message = N_("There is no letter to print.")


class OfferNotFound(NotFound):
    """No such offer of a place, or not this person's."""

    message = N_("We did not find this offer.")


class PlaceNotFound(NotFound):
    """No such freed place in the event."""

    message = N_("We did not find this place.")


class OfferOver(Conflict):
    """The offer was answered, stopped, or its time is over."""

    message = N_("This offer is over: the place is offered to the next on the waiting list.")


class PlaceGone(Conflict):
    """The freed place was taken, kept or is offered to another already."""

    message = N_("This place is not free any more. Open the page again.")


class NotWaiting(Conflict):
    """The registration is not on the waiting list any more."""

    message = N_("This registration is not on the waiting list any more. Open the page again.")


class AlreadyOffered(Conflict):
    """The registration has an open offer."""

    message = N_("A place is offered to this registration already.")


class StopsDiffer(RuleViolation):
    """The registration asks for a stop at which the place is not."""

    message = N_("This registration asks for a stop at which no place is free.")


class WhyMissing(RuleViolation):
    """Something out of order was done without a reason."""

    message = N_("Write the reason: it stays in the record.")
    field = "reason"


class TooManyPlaces(RuleViolation):
    """More places at once than can be meant."""

    message = N_("Write a number of places from 1 to %(most)s.")
    field = "places"


class AppealNotFound(NotFound):
    """No such objection, or not this person's."""

    message = N_("We did not find this objection.")


class NothingToAppeal(Conflict):
    """The last decision is not one that can be objected to."""

    message = N_("There is no decision to object to.")


class AppealTooLate(RuleViolation):
    """The last day to object is over."""

    message = N_("The time to object is over.")


class AppealTwice(Conflict):
    """An objection to the same decision was filed already."""

    message = N_("An objection to this decision has been filed already.")


class AppealTextMissing(RuleViolation):
    """The objection says nothing."""

    message = N_("Write why the decision should be looked at again.")
    field = "text"


class AppealAnswered(Conflict):
    """Somebody has answered the objection already."""

    message = N_("This objection has been answered already.")


class SamePerson(Forbidden):
    """Who decided may not answer the objection to the decision."""

    message = N_("You took this decision: another person must see and answer the objection to it.")


class AnswerMissing(RuleViolation):
    """The answer to an objection gives no reason."""

    message = N_("Write the reason of the answer: it is sent to the cooperative.")
    field = "answer"

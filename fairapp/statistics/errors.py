"""Refusals of published figures."""

from fairapp.foundation.errors import NotFound, RuleViolation
from fairapp.foundation.text import N_


class EventNotBegun(RuleViolation):
    """Figures are published of what has happened."""

    message = N_("The figures can be published once the event has begun.")


class NothingPublished(RuleViolation):
    """There is no published report to take back."""

    message = N_("No report of this event is published.")


class ReportNotPublished(NotFound):
    """The organizer has not published the figures of this event."""

    message = N_("The figures of this event are not published yet.")


class UnknownYears(RuleViolation):
    """The span of years is reversed or far too wide."""

    message = N_("Write a first and a last year, for example from=2021 and to=2025.")
    field = "from"

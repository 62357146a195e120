"""Refusals: what a person did that the rules do not allow. The web decides how they look."""

from fairapp.foundation.text import N_


class Refusal(Exception):  # noqa: N818 - named for what happened (architecture 6)
    """A refusal with a translatable sentence (`message`, an untranslated msgid) and its values.

    `field` names the form field or the API pointer that it belongs to, if any.
    """

    message: str = N_("This cannot be done.")
    field: str | None = None

    def __init__(self, **values: object) -> None:
        super().__init__(self.message)
        self.values = values

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


class NotFound(Refusal):
    """The record is absent, or not this person's to see (404)."""

    message = N_("We did not find this page.")


class Forbidden(Refusal):
    """The record may be seen, but this may not be done with it (403)."""

    message = N_("Your account may not do this.")


class RuleViolation(Refusal):
    """Well formed, but against a rule of the domain (422)."""


class Conflict(Refusal):
    """Someone was faster (409)."""

    message = N_("Someone changed this at the same time. Open the page again and retry.")


class TooManyAttempts(Refusal):
    """Too many tries in a short time (429); `retry_after_s` tells when to come back."""

    message = N_("Too many attempts. Wait a few minutes, then try again.")

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__()
        self.retry_after_s = retry_after_s

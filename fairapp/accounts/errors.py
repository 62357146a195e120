"""Refusals of accounts, sign-in, links, roles and devices."""

from fairapp.foundation.errors import Conflict, NotFound, RuleViolation
from fairapp.foundation.text import N_


class SignInRefused(RuleViolation):
    """Unknown, disabled, or the wrong password: the same words for all (promises B67)."""

    message = N_("The e-mail, the phone number or the password is not right.")


class Unreachable(RuleViolation):
    """An account needs an e-mail address or a phone number."""

    message = N_("Write an e-mail address or a phone number.")
    field = "email"


class EmailTaken(RuleViolation):
    """Another account has this e-mail address."""

    message = N_("Another account uses this e-mail address.")
    field = "email"


class PhoneTaken(RuleViolation):
    """Another account has this phone number."""

    message = N_("Another account uses this phone number.")
    field = "phone"


class PasswordTooShort(RuleViolation):
    """The password has too few characters."""

    message = N_("Choose at least %(least)s characters. Several words make a good password.")
    field = "password"


class PasswordTooLong(RuleViolation):
    """The password has too many characters."""

    message = N_("Choose at most %(most)s characters.")
    field = "password"


class PasswordEasilyGuessed(RuleViolation):
    """The password is one that is tried first, or says who the person is."""

    message = N_("This password is easily guessed. Choose another one.")
    field = "password"


class WrongPassword(RuleViolation):
    """The present password is not this one."""

    message = N_("This is not your present password.")
    field = "current_password"


class LinkNotValid(NotFound):
    """The link was used, is too old, or was never ours."""

    message = N_("This link is no longer valid. Ask for a new one.")


class OwnAccount(RuleViolation):
    """Administrators do not lock themselves out."""

    message = N_("You cannot do this to your own account.")


class LastAdministrator(RuleViolation):
    """Somebody must be able to administer."""

    message = N_("This is the last administrator. Give the role to someone else first.")


class RoleOutOfPlace(RuleViolation):
    """The role cannot be given with this scope."""

    message = N_("This role is not given for this scope.")
    field = "scope"


class ScopeMissing(RuleViolation):
    """The scope does not name its region, event or cooperative."""

    message = N_("Choose the region, the event or the cooperative.")
    field = "scope"


class EventUnknown(NotFound):
    """There is no such event within what the actor may see."""


class StopUnknown(RuleViolation):
    """The event has no such stop."""

    message = N_("The event has no such stop.")
    field = "stop"


class StandUnknown(RuleViolation):
    """The stop has no such stand."""

    message = N_("The stop has no such stand.")
    field = "stand"


class CooperativeUnknown(RuleViolation):
    """No cooperative has this code."""

    message = N_("No cooperative has this code.")
    field = "cooperative"


class InvitationForOther(Conflict):
    """The invitation names a person who has an account; it is taken up by signing in."""

    message = N_("You already have an account. Sign in to take up the invitation.")


class NotStuck(RuleViolation):
    """The message is still on its way, or was settled meanwhile."""

    message = N_("This message is no longer waiting for a decision.")

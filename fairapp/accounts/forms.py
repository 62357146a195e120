"""Forms of sign-in, passwords, profiles, accounts, roles and devices."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, SelectField, StringField, TelField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from fairapp.accounts.domain import SCOPES, normalize_email
from fairapp.audit.domain import Role
from fairapp.foundation.text import normalize_phone
from fairapp.web.forms import Form
from fairapp.web.i18n import LANGUAGE_NAMES

MOST_NAME = 120
_AT_MOST = _l("Write at most %(max)d characters.")  # wtforms fills in the number

ROLE_NAMES = {
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.ORGANIZER: _l("Organizer"),
    Role.GATE: _l("Gate"),
    Role.OFFICIAL: _l("Official"),
    Role.DESK_AGENT: _l("Desk agent"),
    Role.REVIEWER: _l("Reviewer"),
    Role.COOPERATIVE: _l("Cooperative"),
    Role.TILL: _l("Till"),
}


def _name_field() -> Any:
    return StringField(
        _l("First and last name"),
        [InputRequired(_l("Write the name.")), Length(max=MOST_NAME, message=_AT_MOST)],
    )


def _language_field() -> Any:
    return SelectField(
        _l("Language of messages"),
        choices=[SelectChoice(code, name) for code, name in LANGUAGE_NAMES.items()],
    )


class SignInForm(Form):
    """Who signs in, with what; `next` is the page that asked for it."""

    identifier = StringField(
        _l("Phone number or e-mail address"),
        [InputRequired(_l("Write your phone number or your e-mail address.")), Length(max=300)],
    )
    password = PasswordField(
        _l("Password"), [InputRequired(_l("Write your password.")), Length(max=1000, message=_AT_MOST)]
    )
    remember = BooleanField(_l("Stay signed in on this phone"))
    next = HiddenField()


class ForgottenPasswordForm(Form):
    """Who asks for a link."""

    identifier = StringField(
        _l("Phone number or e-mail address"),
        [InputRequired(_l("Write your phone number or your e-mail address.")), Length(max=300)],
    )


def _new_password_field() -> PasswordField:
    return PasswordField(_l("New password"), [InputRequired(_l("Choose a password."))])


class NewPasswordForm(Form):
    """A new password; shown in full on demand, so it is asked for once."""

    password = _new_password_field()


class InvitationForm(NewPasswordForm):
    """The person who opens the account of a cooperative."""

    name = _name_field()
    password = _new_password_field()  # again: fields stand in the order in which they are made


class ChangePasswordForm(NewPasswordForm):
    """A new password, allowed by the present one."""

    current_password = PasswordField(
        _l("Present password"), [InputRequired(_l("Write your present password."))]
    )
    password = _new_password_field()


class ProfileForm(Form):
    """What a person may change of the own account."""

    name = _name_field()
    locale = _language_field()


class NewAccountForm(ProfileForm):
    """An account that an administrator creates; without a password a link is sent."""

    email = EmailField(_l("E-mail address"), [Optional(), Length(max=254, message=_AT_MOST)])
    phone = TelField(_l("Phone number"), [Optional(), Length(max=40, message=_AT_MOST)])
    password = PasswordField(_l("First password"))

    def validate_email(self, field: Any) -> None:
        """Refuse what is no address."""
        if normalize_email(field.data) is None:
            raise ValidationError(_l("Write an e-mail address, for example name@example.org."))

    def validate_phone(self, field: Any) -> None:
        """Refuse what is no Moroccan number."""
        if normalize_phone(field.data) is None:
            raise ValidationError(_l("Write a Moroccan phone number, for example 06 12 34 56 78."))


class GrantForm(Form):
    """A role and where it holds; `reach` is `nation`, `region:<code>`, `event:<slug>` or `cooperative`."""

    role = SelectField(
        _l("Role"),
        choices=[SelectChoice(role.value, ROLE_NAMES[role]) for role in SCOPES],
    )
    reach = SelectField(_l("Where"), [InputRequired(_l("Choose where the role holds."))])
    cooperative = StringField(_l("Code of the cooperative"), [Optional(), Length(max=20, message=_AT_MOST)])

    def offer(self, regions: Iterable[tuple[str, str]], events: Iterable[tuple[str, str]]) -> None:
        """Set the places to choose from, as (code, name)."""
        self.reach.choices = [
            SelectChoice("", _l("Choose")),
            SelectChoice("nation", _l("The whole country")),
            SelectChoice("cooperative", _l("One cooperative")),
            *(SelectChoice(f"region:{code}", name, optgroup=str(_l("Regions"))) for code, name in regions),
            *(SelectChoice(f"event:{slug}", name, optgroup=str(_l("Events"))) for slug, name in events),
        ]


class DeviceForm(Form):
    """A device to enrol; `stop` is a code or empty for the whole event."""

    name = StringField(
        _l("Name of the device"),
        [InputRequired(_l("Give the device a name, for example Gate 1.")), Length(max=80, message=_AT_MOST)],
    )
    role = SelectField(
        _l("Used for"),
        choices=[SelectChoice("gate", _l("Scanning badges")), SelectChoice("till", _l("Recording sales"))],
    )
    stop = SelectField(_l("Stop"))
    stand = StringField(_l("Stand"), [Optional(), Length(max=20, message=_AT_MOST)])

    def offer(self, stops: Iterable[tuple[str, str]]) -> None:
        """Set the stops to choose from, as (code, name)."""
        self.stop.choices = [
            SelectChoice("", _l("The whole event")),
            *(SelectChoice(code, name) for code, name in stops),
        ]


class ActForm(Form):
    """A single button; `subject` names the row that it is about."""

    subject = HiddenField()

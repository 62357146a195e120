"""Forms of the till and of day reports. Amounts are taken in any usual way of writing."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from fairapp.foundation.money import AmountUnreadable, parse_amount
from fairapp.sales.domain import Payment, ReportSource, read_uuid
from fairapp.sales.errors import IdUnreadable
from fairapp.web.forms import Form

OTHER = ""  # product of a sale that names none
PAYMENTS = (
    SelectChoice(Payment.CASH.value, _l("Cash")),
    SelectChoice(Payment.CARD.value, _l("Card")),
    SelectChoice(Payment.MOBILE.value, _l("Mobile")),
    SelectChoice(Payment.TRANSFER.value, _l("Transfer")),
)
SOURCES = (
    SelectChoice(ReportSource.PAPER.value, _l("On paper")),
    SelectChoice(ReportSource.PHONE.value, _l("By phone")),
    SelectChoice(ReportSource.TILL.value, _l("At the stand")),
)


def is_client_id(_form: Form, field: Any) -> None:
    """Refuse an id that the page did not make."""
    try:
        read_uuid(field.data)
    except IdUnreadable as error:
        raise ValidationError(_l("This page is out of date. Open it again.")) from error


class AmountField(StringField):
    """Dirhams as a person types them; `minor` are the centimes."""

    minor: int = 0

    def pre_validate(self, form: Any) -> None:
        """Read the amount."""
        try:
            self.minor = parse_amount(self.data or "")
        except AmountUnreadable as error:
            raise ValidationError(_l("Write the amount in figures, for example 120 or 120.50.")) from error


class SaleForm(Form):
    """One sale. `id` is made by the page, so that a second sending is no second sale."""

    id = HiddenField(validators=[is_client_id])
    product = RadioField(_l("Product"), default=OTHER)
    amount = AmountField(_l("Price"))
    payment = RadioField(_l("Way of paying"), choices=PAYMENTS[:3], default=Payment.CASH.value)

    def validate_amount(self, field: AmountField) -> None:
        """Refuse a sale of nothing."""
        if field.minor == 0:
            raise ValidationError(_l("Write the price first."))


class UndoForm(Form):
    """The cancelling of a sale by a second entry."""

    id = HiddenField(validators=[is_client_id])
    sale = HiddenField(validators=[is_client_id])


class ClosingForm(Form):
    """A stand's own declaration: what was logged, and what was sold beside it."""

    id = HiddenField(validators=[is_client_id])
    more = AmountField(_l("Sales that were not recorded, if any"), default="0")


class ReportForm(Form):
    """A declaration that reached the organizer on paper or by phone."""

    id = HiddenField(validators=[is_client_id])
    takings = AmountField(_l("Takings of the day in dirhams"))
    source = RadioField(
        _l("How it reached you"),
        choices=SOURCES,
        default=ReportSource.PAPER.value,
        validators=[InputRequired()],
    )


class SettleForm(Form):
    """Only the token."""

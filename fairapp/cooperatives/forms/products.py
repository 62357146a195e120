"""A product of the catalogue."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, SelectField, StringField
from wtforms.validators import ValidationError

from fairapp.cooperatives.domain import ProductText
from fairapp.foundation.money import AmountUnreadable, parse_amount
from fairapp.reference.queries import sectors
from fairapp.web.fields import Needed, at_most
from fairapp.web.forms import Form


class PriceField(StringField):
    """Dirhams as a person types them, or nothing; `minor` are the centimes."""

    minor: int | None = None

    def pre_validate(self, form: Form) -> None:
        """Read the price."""
        if not self.data:
            return
        try:
            self.minor = parse_amount(self.data)
        except AmountUnreadable as error:
            raise ValidationError(_l("Write the amount in figures, for example 120 or 120.50.")) from error
        if self.minor == 0:
            raise ValidationError(_l("Write a price above zero, or leave the field empty."))


class ProductForm(Form):
    """What the catalogue says of a product."""

    name_ar = StringField(_l("Name in Arabic"), [at_most(120)])
    name_fr = StringField(_l("Name in French"), [at_most(120)])
    sector = SelectField(
        _l("Kind of product"), [Needed(_l("Choose the kind of product."))], validate_choice=False
    )
    price = PriceField(_l("Price in dirhams"), [at_most(20)])
    unit = StringField(_l("For which unit"), [at_most(40)])
    photo = FileField(_l("Photo"))
    without_photo = BooleanField(_l("Take the photo away"))
    is_public = BooleanField(_l("Show it to the public"), default=True)

    def validate_name_ar(self, field: StringField) -> None:
        """Ask for a name in one of the two languages."""
        if not (field.data or self.name_fr.data):
            raise ValidationError(_l("Write the name of the product, in Arabic or in French."))

    def validate_sector(self, field: SelectField) -> None:
        """Refuse a sector that the list does not have."""
        if field.data not in sectors():
            raise ValidationError(_l("Choose the kind of product."))

    def product(self) -> ProductText:
        """Return what was typed. The form is valid."""
        return ProductText(
            name_ar=self.name_ar.data or "",
            name_fr=self.name_fr.data or "",
            sector_code=self.sector.data,
            price_minor=self.price.minor,
            unit=self.unit.data or None,
            is_public=bool(self.is_public.data),
        )

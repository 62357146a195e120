"""Forms of the floor plan: who gets which stand, and laying stands out."""

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, DecimalField, HiddenField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional, Regexp

from fairapp.events.domain import Texts
from fairapp.foundation.text import clean, western_digits
from fairapp.stands.domain import GridPlan, StandKind
from fairapp.web.forms import Form

MOST_ROWS = 100
KINDS = [
    SelectChoice(StandKind.EXHIBITOR.value, _l("For exhibitors")),
    SelectChoice(StandKind.INSTITUTION.value, _l("For institutions")),
    SelectChoice(StandKind.SERVICE.value, _l("For services")),
]
_BETWEEN = _l("Write a number from %(min)s to %(max)s.")
_METRES = NumberRange(1, 50, message=_BETWEEN)
_REASON = Length(max=300, message=_l("Write at most %(max)d characters."))


class MetresField(DecimalField):
    """A length in metres; takes a comma and any digits, and keeps what was typed when it is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number."""
        typed = western_digits(clean(valuelist[0])) if valuelist else ""
        super().process_formdata([typed.replace("٫", ".").replace(",", ".")])


class AllocateForm(Form):
    """A stand for a registration."""

    stand = HiddenField()
    registration = HiddenField()
    reason = StringField(_l("Reason"), [_REASON])


class ChangeHolderForm(Form):
    """A change of a stand's holder; the reason is kept."""

    stand = HiddenField()
    to = SelectField(_l("To stand"), validate_choice=False)
    reason = StringField(_l("Reason"), [DataRequired(_l("Write the reason; it is kept.")), _REASON])


class UndoForm(Form):
    """The way back from the last change."""

    stand = HiddenField()
    other = HiddenField()
    registration = HiddenField()


class ZoneForm(Form):
    """The names of a zone."""

    code = StringField(
        _l("Code of the zone"),
        [DataRequired(_l("Write the code of the zone, for example A.")), Length(max=20)],
    )
    ar = StringField(_l("In Arabic"), [DataRequired(_l("Write this in Arabic too.")), Length(max=120)])
    fr = StringField(_l("In French"), [DataRequired(_l("Write this in French too.")), Length(max=120)])
    en = StringField(_l("In English"), [Length(max=120)])

    def names(self) -> Texts:
        """Return the names of the zone."""
        return Texts(self.ar.data or "", self.fr.data or "", self.en.data or "")


class GridForm(Form):
    """A block of equal stands in rows and columns."""

    prefix = StringField(
        _l("Letters before the number"),
        [
            DataRequired(_l("Write the letters that the codes begin with, for example A.")),
            Regexp(
                r"^[A-Za-z][A-Za-z0-9]{0,5}$",
                message=_l("Write up to six Latin letters or digits, for example A."),
            ),
        ],
        default="A",
    )
    zone_ar = StringField(_l("Zone, in Arabic"), [Length(max=120)])
    zone_fr = StringField(_l("Zone, in French"), [Length(max=120)])
    rows = IntegerField(_l("Rows"), [NumberRange(1, MOST_ROWS, message=_BETWEEN)], default=4)
    columns = IntegerField(_l("Stands in a row"), [NumberRange(1, MOST_ROWS, message=_BETWEEN)], default=8)
    first = IntegerField(_l("First number"), [NumberRange(1, 9_000, message=_BETWEEN)], default=1)
    width_m = MetresField(_l("Width, in metres"), [_METRES], default=Decimal(3))
    depth_m = MetresField(_l("Depth, in metres"), [_METRES], default=Decimal(3))
    aisle_m = MetresField(_l("Aisle, in metres"), [NumberRange(0, 50, message=_BETWEEN)], default=Decimal(3))
    x_m = MetresField(_l("From the left, in metres"), [Optional(), NumberRange(0, 5_000, message=_BETWEEN)])
    y_m = MetresField(_l("From the top, in metres"), [Optional(), NumberRange(0, 5_000, message=_BETWEEN)])
    back_to_back = BooleanField(_l("Rows stand back to back, two by two"), default=True)
    kind = SelectField(_l("What the stands are for"), choices=KINDS)
    power = BooleanField(_l("Electricity"), default=True)
    water = BooleanField(_l("Water"))
    step_free = BooleanField(_l("Step-free access"), default=True)

    def grid(self) -> GridPlan:
        """Return the block as the rules want it; call it on a valid form only."""
        return GridPlan(
            prefix=self.prefix.data,
            zone=self.prefix.data if (self.zone_ar.data or self.zone_fr.data) else None,
            rows=self.rows.data,
            columns=self.columns.data,
            first=self.first.data,
            width_cm=int(self.width_m.data * 100),
            depth_cm=int(self.depth_m.data * 100),
            aisle_cm=int(self.aisle_m.data * 100),
            x_cm=None if self.x_m.data is None else int(self.x_m.data * 100),
            y_cm=None if self.y_m.data is None else int(self.y_m.data * 100),
            back_to_back=self.back_to_back.data,
            kind=StandKind(self.kind.data),
            power=self.power.data,
            water=self.water.data,
            step_free=self.step_free.data,
        )

    def zone_names(self) -> Texts | None:
        """Return the names of the block's zone, if it has one."""
        ar, fr = self.zone_ar.data or "", self.zone_fr.data or ""
        return Texts(ar or fr, fr or ar) if ar or fr else None


class SheetForm(Form):
    """A CSV file of stands."""

    file = FileField(_l("CSV file"))


class ConfirmSheetForm(Form):
    """The sheet that was checked, to be taken in."""

    content = HiddenField()

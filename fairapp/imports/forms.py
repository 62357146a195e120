"""Forms of imports: the file, and what a person decides."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, SelectField
from wtforms.fields.choices import SelectChoice

from fairapp.imports.columns import FIELDS
from fairapp.imports.presentation import FIELD_LABELS
from fairapp.web.forms import Form


class UploadForm(Form):
    """A register."""

    file = FileField(_l("File, CSV or XLSX"))


class ColumnForm(Form):
    """What one column of a file is."""

    field = SelectField(
        _l("Field"),
        choices=[
            SelectChoice("", _l("Leave out")),
            *(SelectChoice(name, FIELD_LABELS[name]) for name in FIELDS),
        ],
        validate_choice=False,
    )


class DecideForm(Form):
    """What a person says of doubtful rows: those that are named, or all."""

    choice = SelectField(
        choices=[SelectChoice(name, name) for name in ("same", "new", "left_out", "again")],
    )
    row = HiddenField()
    entry = HiddenField()


class ActForm(Form):
    """A button."""

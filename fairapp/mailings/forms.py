"""Texts of a mailing, and the note of a call."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import ValidationError

from fairapp.mailings.domain import LONGEST_BODY, LONGEST_SUBJECT, Texts, names_in
from fairapp.mailings.errors import PlaceholderUnknown
from fairapp.web.errors import sentence_of
from fairapp.web.fields import Needed, at_most
from fairapp.web.forms import Form


def _names_values(_form: object, field: StringField) -> None:
    """Refuse a text that names a value that there is none of."""
    try:
        names_in(field.data or "")
    except PlaceholderUnknown as refusal:
        raise ValidationError(sentence_of(refusal)) from refusal


_SUBJECT = [Needed(_l("Write what it is about.")), at_most(LONGEST_SUBJECT), _names_values]
_BODY = [Needed(_l("Write the text.")), at_most(LONGEST_BODY), _names_values]


class MailingForm(Form):
    """The texts of a mailing. Both languages are needed: each reads its own."""

    subject_ar = StringField(_l("Subject in Arabic"), _SUBJECT)
    body_ar = TextAreaField(_l("Text in Arabic"), _BODY)
    subject_fr = StringField(_l("Subject in French"), _SUBJECT)
    body_fr = TextAreaField(_l("Text in French"), _BODY)

    def texts(self) -> Texts:
        """Return the texts."""
        return Texts(self.subject_ar.data, self.body_ar.data, self.subject_fr.data, self.body_fr.data)

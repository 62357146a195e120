"""Publishing figures and taking a publication back."""

from wtforms import BooleanField

from fairapp.web.forms import Form


class PublishForm(Form):
    """One press of a button; `take_back` undoes the newest publication."""

    take_back = BooleanField()

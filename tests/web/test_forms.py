"""Forms as the reader meets them: summary, message beside the field, everything typed kept (promises A11)."""

from collections.abc import Iterator

import pytest
from flask import Flask, render_template_string
from wtforms import FieldList, FormField, RadioField, SelectMultipleField, StringField, TelField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from fairapp.foundation.errors import Conflict, RuleViolation
from fairapp.web.forms import Form, Part, form_status, show_on_form
from fairapp.web.mistakes import mistakes_of


class NameTaken(RuleViolation):
    """For these tests."""

    message = "The name %(name)s is taken."
    field = "name"


class Person(Part):
    """Who comes."""

    name = StringField("Who", [InputRequired("Write who comes.")])


class Sample(Form):
    """A field of each kind."""

    name = StringField("Name", [InputRequired("Write the name.")])
    phone = TelField("Phone")
    sectors = SelectMultipleField(
        "Sectors",
        [InputRequired("Choose a sector.")],
        choices=[SelectChoice("AGR", "Farm"), SelectChoice("ARG", "Argan")],
    )
    kind = RadioField("Kind", choices=[SelectChoice("a", "A")], validate_choice=False)
    people = FieldList(FormField(Person), min_entries=1)


PAGE = """{% import "components/forms.html" as forms %}
{{ forms.errors(form) }}
{{ forms.text(form.name, hint="As on paper") }}
{{ forms.text(form.phone, inputmode="tel") }}
{{ forms.picks(form.sectors, {"AGR": "date"}) }}
{{ forms.pick_rows(form.kind) }}"""


@pytest.fixture
def posted(app: Flask) -> Iterator[Sample]:
    data = {"name": "", "phone": " \u200e06 12 ", "people-0-name": ""}
    with app.test_request_context("/en/", method="POST", data=data):
        form = Sample()
        form.validate()
        yield form


def test_text_is_cleaned_before_it_is_checked(posted: Sample) -> None:
    assert posted.phone.data == "06 12"


def test_mistakes_follow_the_order_of_the_fields_and_reach_into_parts(posted: Sample) -> None:
    assert [(mistake.field_id, mistake.sentence) for mistake in mistakes_of(posted)] == [
        ("name", "Write the name."),
        ("sectors", "Choose a sector."),
        ("people-0-name", "Write who comes."),
    ]
    assert form_status(posted) == 422


def test_page_says_each_mistake_in_the_summary_and_beside_the_field(posted: Sample) -> None:
    page = render_template_string(PAGE, form=posted)
    assert "There are 3 mistakes on this page" in page
    assert 'role="alert" tabindex="-1" autofocus' in page
    assert '<a href="#name">Name: Write the name.</a>' in page
    assert 'aria-describedby="name-h name-e" aria-invalid="true"' in page
    assert page.count("Write the name.") == 2
    assert 'value="06 12"' in page
    assert 'dir="ltr" id="phone" inputmode="tel"' in page
    assert " required" not in page


def test_refusal_is_shown_on_its_field_or_above_the_form(app: Flask) -> None:
    with app.test_request_context("/en/", method="POST"):
        form = Sample()
        show_on_form(form, NameTaken(name="Atlas"))
        assert (form.name.errors, form_status(form)) == (["The name Atlas is taken."], 422)
        other = Sample()
        show_on_form(other, Conflict())
        assert (len(mistakes_of(other)), mistakes_of(other)[0].field_id, form_status(other)) == (1, None, 409)


def test_form_that_was_only_opened_is_no_mistake(app: Flask) -> None:
    with app.test_request_context("/en/"):
        form = Sample()
        assert (form_status(form), "errors" in render_template_string(PAGE, form=form)) == (200, False)

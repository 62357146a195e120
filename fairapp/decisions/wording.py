"""What a letter says, in whole sentences of each language, from plain facts.

The sentences are written once, on the day of the decision, and kept with the facts: a letter that is
drawn years later says what it said then, whatever became of texts, titles and translations.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from fairapp.foundation.ids import show_reference
from fairapp.foundation.text import isolate
from fairapp.web import filters, formats
from fairapp.web.filters import localized
from fairapp.web.i18n import LOCALES, RIGHT_TO_LEFT

Facts = Mapping[str, Any]
Section = tuple[str, list[str]]


def words_of(facts: Facts) -> dict[str, dict[str, Any]]:
    """Return the sentences of a letter by language, as plain JSON. Needs an application context.

    Each has `title`, `kind`, `to`, `rows` (pairs), `sections` (heading and paragraphs), `signature`,
    `place` (of the signature) and `check`.
    """
    return {language: _in(language, facts) for language in LOCALES}


def _in(language: str, facts: Facts) -> dict[str, Any]:
    with force_locale(LOCALES[language]):
        sections: list[Section] = [
            (_("The decision"), _decision(facts)),
            (_("Why"), _why(facts, language)),
            (_("What happens next"), _next(facts)),
            (_("How to file an objection"), _objection(facts)),
            (_("A question?"), _contact(facts)),
        ]
        return {
            "language": language,
            "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
            "kind": _("Answer to an objection") if facts["answer"] else _("Decision on a registration"),
            "title": title_of(facts),
            "to": localized(facts["cooperative"], "name"),
            "rows": _rows(facts),
            "sections": [[heading, lines] for heading, lines in sections if lines],
            "signature": _signature(facts),
            "place": _("Name and signature"),
            "check": _("Scan the code to see whether this letter is genuine."),
        }


def title_of(facts: Facts) -> str:
    """Return the decision in one sentence, in the language of now."""
    if facts["answer"]:
        return str(_("The decision stays as it was"))
    titles: dict[str, Callable[[], str]] = {
        "accepted": lambda: _("Your request is accepted"),
        "waitlisted": lambda: _("You are on the waiting list"),
        "refused": lambda: _("Your request is not accepted"),
        "withdrawn": lambda: _("Your request is withdrawn"),
    }
    return str(titles[facts["decision"]]())


def _rows(facts: Facts) -> list[list[str]]:
    rows = [
        [_("Reference"), _code(show_reference(facts["reference"]))],
        [_("Day of the decision"), _day(facts["decided_on"])],
        [_("Event"), localized(facts["event"], "title")],
    ]
    for stop in facts["stops"]:
        days = _("%(start)s to %(end)s", start=_day(stop["starts_on"]), end=_day(stop["ends_on"]))
        if stop["starts_on"] == stop["ends_on"]:
            days = _day(stop["starts_on"])
        rows.append([localized(stop, "place"), str(days)])
    return [[str(label), value] for label, value in rows]


def _decision(facts: Facts) -> list[str]:
    values = {
        "name": isolate(localized(facts["cooperative"], "name")),
        "event": isolate(localized(facts["event"], "title")),
    }
    if facts["answer"]:
        day = _day(facts["answer"]["filed_on"])
        return [
            _("The objection of %(day)s was looked at by another person than the one who decided.", day=day),
            _("The decision on %(name)s for %(event)s stays as it was.", **values),
        ]
    lines: dict[str, Callable[[], str]] = {
        "accepted": lambda: _("%(name)s takes part in %(event)s.", **values),
        "waitlisted": lambda: _("%(name)s is on the waiting list of %(event)s.", **values),
        "refused": lambda: _("%(name)s cannot take part in %(event)s this time.", **values),
        "withdrawn": lambda: _("%(name)s has given back its place in %(event)s.", **values),
    }
    said = [lines[facts["decision"]]()]
    if facts["had_place"] and facts["decision"] in ("refused", "waitlisted"):
        said.append(_("The place given before is taken back."))
    return said


def _why(facts: Facts, language: str) -> list[str]:
    said = []
    if facts["answer"]:
        said.append(isolate(facts["answer"]["text"]))
    if facts["reason"]:
        said.append(isolate(localized(facts["reason"], "text")))
    if facts["note"]:
        said.append(_("Note of the organizer: %(note)s", note=isolate(facts["note"])))
    if facts["offer"]:
        day = _day(facts["offer"]["offered_on"])
        said.append(_("A place became free. It was offered to you on %(day)s and you took it.", day=day))
    if facts["appeal"]:
        said.append(_("Your objection of %(day)s was upheld.", day=_day(facts["appeal"]["filed_on"])))
        said.append(isolate(facts["appeal"]["text"]))
    if facts["rank"]:
        said += _rank(facts, facts["rank"], language)
    return [str(line) for line in said]


def _rank(facts: Facts, rank: Facts, language: str) -> list[str]:
    said = [
        _(
            "Rank %(rank)s of %(of)s in your category: %(category)s.",
            rank=rank["rank"],
            of=rank["of"],
            category=isolate(localized(rank, "category")),
        )
    ]
    if rank["places"] is not None:
        said.append(
            ngettext("This category has %(num)d place.", "This category has %(num)d places.", rank["places"])
        )
    points = formats.show_number(round(rank["points_milli"] / 1000, 2), language=language)
    said.append(_("Your points by the published criteria: %(points)s of 100.", points=_code(points)))
    if rank["by_draw"]:
        said.append(_("Others have the same points; the published draw put you in order."))
    if rank["by_quota"]:
        said.append(_("A quota of the call moved you up."))
    if rank["gave_way_to_quota"]:
        said.append(_("You gave way to a quota of the call."))
    said += _departure(facts, rank)
    said.append(
        _(
            "Recorded in the selection %(run)s, draw seed %(seed)s.",
            run=_code(show_reference(rank["run"])),
            seed=isolate(rank["seed"] or "-"),
        )
    )
    return said


def _departure(facts: Facts, rank: Facts) -> list[str]:
    """Return why the ranking was not followed, where the decision is not what it proposed."""
    override = rank["override"]
    if override:
        reasons = [localized(override["reason"], "text")] if override["reason"] else []
        reasons += [override["note"]] if override["note"] else []
        because = " – ".join(isolate(reason) for reason in reasons) or "-"
        return [_("The committee's ranking was not followed because: %(reason)s", reason=because)]
    if rank["followed"]:
        return []
    return [_("The committee's ranking proposed another decision; the organizer decided otherwise.")]


def _next(facts: Facts) -> list[str]:
    if facts["answer"]:
        return [
            str(_("Your registration stays as it is. The page of the registration shows where it stands."))
        ]
    lines: dict[str, Callable[[], str]] = {
        "accepted": lambda: _("The stand number follows, then a badge for each person who comes."),
        "waitlisted": lambda: _(
            "A place that becomes free is offered to the next that fits, by message, with a time to answer."
        ),
        "refused": lambda: _("Nothing more is asked of you. Other events stay open to you."),
        "withdrawn": lambda: _(
            "The place goes to another cooperative. You may register anew while registration is open."
        ),
    }
    return [str(lines[facts["decision"]]())]


def _objection(facts: Facts) -> list[str]:
    until = facts["objections"]["until"]
    if until is None:
        return []
    said = [_("You may object until %(day)s, that day included.", day=_day(until))]
    text = localized(facts["objections"], "text")
    if text:  # the call's own words say how
        return [str(said[0]), isolate(text)]
    said += [
        _("Object on the page of your registration, or in writing to the organizer, with the reference."),
        _("Another person than the one who decided looks at it and answers with the reason."),
    ]
    return [str(line) for line in said]


def _contact(facts: Facts) -> list[str]:
    organizer = facts["organizer"]
    said = []
    if organizer["phone"]:
        phone = _code(formats.show_phone(organizer["phone"]))
        said.append(str(_("Call the organizer: %(phone)s. Tell the reference.", phone=phone)))
    if organizer["email"]:
        said.append(str(_("Write to %(email)s with the reference.", email=_code(organizer["email"]))))
    return said


def _signature(facts: Facts) -> str:
    name = localized(facts["organizer"], "organizer")
    return str(_("For the organizer, %(name)s", name=isolate(name)) if name else _("For the organizer"))


def _day(text: str) -> str:
    return filters.day(date.fromisoformat(text))


def _code(text: str) -> str:
    """Return a code, number or address that stays left to right in any line."""
    return f"\u2066{text}\u2069"

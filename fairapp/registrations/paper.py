"""The form on paper, A4: field by field what the screens ask, in their order, in Arabic and French.

A test holds it against the forms of the journey: a field that is asked there and not here fails.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from fairapp.events.domain import QuestionKind, QuestionPhase
from fairapp.events.models import Event, Question, RequiredDocument
from fairapp.events.queries import Call
from fairapp.reference.queries import legal_kinds, sectors
from fairapp.registrations.domain import DocumentState
from fairapp.registrations.printing import MARK, Pair, both, compiled, line, qr_svg
from fairapp.web import formats
from fairapp.web.filters import day, day_range

_TEMPLATE = Path(__file__).with_name("paper.typ").read_bytes()
_WIDTHS_M = (2, 3, 4, 6)
_ICE_BOXES, _PHONE_BOXES = 15, 10
_LEGAL_KINDS = 6  # the first ones; others are written


@dataclass(frozen=True, slots=True)
class Blank:
    """A field to fill in by hand. `kind`: line, lines, boxes (one sign each), choices, many (several)."""

    label: Pair
    kind: str = "line"
    count: int = 1
    choices: tuple[Pair, ...] = ()
    needed: bool = False
    half: bool = False
    hint: Pair | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A page of the screens: its heading and its fields."""

    title: Pair
    blanks: tuple[Blank, ...] = field(default_factory=tuple)
    hint: Pair | None = None


def print_form(event: Event, call: Call, *, first_sectors: Sequence[str], public_url: str) -> bytes:
    """Return the form of an event as PDF. `event` is loaded with its stops. Needs an application context."""
    address = f"{public_url}/ar/events/{event.slug}/register"
    data = {
        "mark": MARK,
        "title": both(lambda: _("Registration request")),
        "event": [line(event.title_ar), line(event.title_fr)],
        "until": _until(event),
        "qr": qr_svg(address),
        "address": address,
        "online": both(lambda: _("The same questions on the phone: scan.")),
        "how": both(
            lambda: _("Write clearly. What has a star is needed. No certified copy, no legalised signature.")
        ),
        "blocks": [asdict(block) for block in form_blocks(event, call, first_sectors)],
        "consent": both(lambda: _("I declare that this information is true, and agree to its use.")),
        "law": both(
            lambda: _(
                "Law 09-08: the organizer keeps these answers to decide and to run the event; the names and"
                " phones of those who come for 12 months after it. You may read, correct or oppose them."
            )
        ),
        "signing": [
            both(lambda: _("Name and duty")),
            both(lambda: _("Date")),
            both(lambda: _("Signature")),
        ],
        "desk": both(lambda: _("For the desk: reference, received on, by")),
        "where": _where(event),
    }
    return compiled(_TEMPLATE, data)


def form_blocks(event: Event, call: Call, first_sectors: Sequence[str]) -> list[Block]:
    """Return the fields in the order of the screens, those of this call included."""
    open_stops = [stop for stop in event.stops if stop.cancelled_at is None]
    asked = [question for question in call.questions if question.phase is QuestionPhase.REGISTRATION]
    blocks = [_who(), _place(), _products(first_sectors)]
    if len(open_stops) > 1:
        blocks.append(_stops(open_stops))
    blocks += [_stand(asked), _people(event)]
    return blocks + ([_documents(call.documents)] if call.documents else [])


def _who() -> Block:
    kinds = list(legal_kinds().values())[:_LEGAL_KINDS]
    return Block(
        both(lambda: _("Who are you?")),
        (
            Blank(both(lambda: _("Name in Arabic")), needed=True),
            Blank(both(lambda: _("Name in French"))),
            Blank(
                both(lambda: _("Legal form")),
                "choices",
                choices=tuple((kind.name("ar"), kind.name("fr")) for kind in kinds),
                needed=True,
            ),
            Blank(both(lambda: _("Number in the local register of cooperatives")), half=True),
            Blank(both(lambda: _("Court that keeps the register")), half=True),
            Blank(both(lambda: _("ICE")), "boxes", count=_ICE_BOXES),
            Blank(both(lambda: _("Phone")), "boxes", count=_PHONE_BOXES, needed=True, half=True),
            Blank(both(lambda: _("E-mail")), half=True),
        ),
        both(lambda: _("The name in one language is enough.")),
    )


def _place() -> Block:
    return Block(
        both(lambda: _("Where are you, and who are the members?")),
        (
            Blank(both(lambda: _("Province or prefecture")), needed=True, half=True),
            Blank(both(lambda: _("Commune")), needed=True, half=True),
            Blank(both(lambda: _("Douar")), half=True),
            Blank(both(lambda: _("How many members?")), needed=True, half=True),
            Blank(both(lambda: _("Women among them")), needed=True, half=True),
            Blank(both(lambda: _("Members under 35")), half=True),
            Blank(both(lambda: _("Is the cooperative led by a woman?")), "choices", choices=(_yes(), _no())),
        ),
    )


def _products(first_sectors: Sequence[str]) -> Block:
    known = sectors()
    names = tuple((known[code].name("ar"), known[code].name("fr")) for code in first_sectors)
    return Block(
        both(lambda: _("What will you show?")),
        (
            Blank(both(lambda: _("What will you show?")), "many", choices=names, needed=True),
            Blank(both(lambda: _("Other kinds"))),
        ),
        both(lambda: _("You may choose several kinds.")),
    )


def _stops(stops: Sequence[Any]) -> Block:
    def days(stop: Any) -> Pair:
        ar, fr = both(lambda: day_range(stop.starts_on, stop.ends_on))
        return f"{stop.place_ar}، {ar}", f"{stop.place_fr}, {fr}"

    question = both(lambda: _("Which stops do you want to come to?"))
    choices = tuple(days(stop) for stop in stops)
    return Block(question, (Blank(question, "many", choices=choices, needed=True),))


def _stand(questions: Sequence[Question]) -> Block:
    widths = tuple(_metres(width) for width in _WIDTHS_M)
    needs = (
        both(lambda: _("Electricity")),
        both(lambda: _("Water")),
        both(lambda: _("Access without steps")),
    )
    return Block(
        both(lambda: _("What will be on your stand?")),
        (
            Blank(both(lambda: _("Names of your products")), "lines", count=2),
            Blank(both(lambda: _("Width of the stand")), "choices", choices=widths, needed=True),
            Blank(both(lambda: _("What do you need there?")), "many", choices=needs),
            Blank(both(lambda: _("Anything the organizer should know"))),
            *(_question(question) for question in questions),
        ),
    )


def _metres(width: int) -> Pair:
    return both(lambda: _("%(width)s m", width=width))


def _question(question: Question) -> Blank:
    label = (question.title_ar, question.title_fr)
    needed = not question.optional
    hint = (question.hint_ar or "", question.hint_fr or "") if question.hint_ar or question.hint_fr else None
    if question.kind is QuestionKind.CHOICE:
        choices = tuple((choice["ar"], choice["fr"]) for choice in question.choices)
        return Blank(label, "choices", choices=choices, needed=needed, hint=hint)
    if question.kind is QuestionKind.FILE:
        attached = both(lambda: _("Attach a plain photo or copy."))
        return Blank(label, "many", choices=(attached,), needed=needed, hint=hint)
    return Blank(label, "line" if question.kind is QuestionKind.NUMBER else "lines", needed=needed, hint=hint)


def _people(event: Event) -> Block:
    blanks: list[Blank] = []
    for place in range(1, event.most_representatives + 1):
        gender = (both(lambda: _("Woman")), both(lambda: _("Man")), both(lambda: _("Not stated")))
        blanks += [
            Blank(both(lambda: _("Full name")), needed=place == 1),
            Blank(both(lambda: _("Woman or man")), "choices", choices=gender, half=True),
            Blank(both(lambda: _("Phone")), "boxes", count=_PHONE_BOXES, half=True),
        ]
    return Block(both(lambda: _("Who comes to the stand?")), tuple(blanks))


def _documents(documents: Sequence[RequiredDocument]) -> Block:
    words = {
        DocumentState.HAS: both(lambda: _("We have it")),
        DocumentState.APPLIED: both(lambda: _("We have applied for it")),
        DocumentState.EXEMPT: both(lambda: _("We are exempt")),
        DocumentState.MISSING: both(lambda: _("Not yet")),
    }
    blanks = []
    for document in documents:
        states = [state for state in words if state is not DocumentState.EXEMPT or document.can_be_exempt]
        hint = (document.hint_ar or "", document.hint_fr or "") if document.hint_ar else None
        blanks.append(
            Blank(
                (document.title_ar, document.title_fr),
                "choices",
                choices=tuple(words[state] for state in states),
                hint=hint,
            )
        )
        if document.can_be_exempt:
            blanks.append(Blank(both(lambda: _("Number of the request, or why exempt"))))
    return Block(
        both(lambda: _("Documents asked for")),
        tuple(blanks),
        both(lambda: _("A plain photo or copy is enough. The form is taken without them too.")),
    )


def _until(event: Event) -> Pair | None:
    closes = event.registration_closes_on
    if closes is None:
        return None
    return both(lambda: _("To be handed in until %(day)s", day=day(closes)))


def _where(event: Event) -> dict[str, Any]:
    reach = [formats.show_phone(event.organizer_phone)] if event.organizer_phone else []
    reach += [event.organizer_email] if event.organizer_email else []
    names = [line(name) for name in dict.fromkeys((event.organizer_ar, event.organizer_fr)) if name]
    return {
        "label": both(lambda: _("Bring it to a platform near you or to the organizer. You get a receipt.")),
        "names": names,
        "reach": reach,
    }


def _yes() -> Pair:
    return both(lambda: _("Yes"))


def _no() -> Pair:
    return both(lambda: _("No"))

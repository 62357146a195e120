"""States of a registration, which decision leads from where to where, and what may be filed."""

import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from fairapp.cooperatives.domain import CooperativeProfile
from fairapp.events.domain import EventDates, takes_registrations
from fairapp.registrations.errors import (
    DecisionNotPossible,
    ReasonMissing,
    ReasonUnknown,
    RegistrationClosed,
    RepresentativeMissing,
    SectorMissing,
    StopMissing,
    StopNotOffered,
    TooManyRepresentatives,
    WidthNotOffered,
)

USUAL_WIDTH_CM = 300
CODE_DIGITS = 6  # 20 bits; with five tries in ten minutes (promises, finding 14)
CODE_LIVES = timedelta(minutes=10)
MOST_TRIES_OF_A_CODE = 5
PRINTED_CODE_SYMBOLS = 8
PRINTED_CODE_LIVES = timedelta(days=60)  # where the registration has no closing day
DRAFTS_KEPT = timedelta(days=60)  # after registration closed; told on the privacy page
_WIDTHS_CM = range(100, 2001)


class RegistrationState(enum.StrEnum):
    """State of a registration (contracts 4)."""

    DRAFT = "draft"
    RECEIVED = "received"
    UNDER_REVIEW = "under_review"
    INCOMPLETE = "incomplete"
    ACCEPTED = "accepted"
    WAITLISTED = "waitlisted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class FilingChannel(enum.StrEnum):
    """Through which channel a registration was filed."""

    SELF = "self"
    DESK = "desk"
    PAPER = "paper"


class Gender(enum.StrEnum):
    """Gender as the person stated it; not stated is NULL, never guessed."""

    WOMAN = "woman"
    MAN = "man"


class DocumentState(enum.StrEnum):
    """How a registration stands with a document of the call; none of them blocks the sending.

    Source: law 28-07 exempts who sells its whole production straight to consumers, so that a food
    authorization is asked for with these four answers.
    """

    HAS = "has"
    APPLIED = "applied"
    EXEMPT = "exempt"
    MISSING = "missing"


class CodePurpose(enum.StrEnum):
    """What a one-time code is for. `printed` stands on a receipt and lives longer."""

    RESUME = "resume"
    CONFIRM = "confirm"
    PRINTED = "printed"


class EditState(enum.StrEnum):
    """State of a change that a cooperative asked for after it sent its registration."""

    ASKED = "asked"
    APPLIED = "applied"
    REFUSED = "refused"


class Decision(enum.StrEnum):
    """What can be done with a registration that was sent."""

    REVIEW = "review"
    ASK = "ask"
    ACCEPT = "accept"
    WAITLIST = "waitlist"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


class BulkState(enum.StrEnum):
    """State of a decision on many registrations: chosen and looked at, under way, done."""

    PREPARED = "prepared"
    RUNNING = "running"
    DONE = "done"


class BulkOutcome(enum.StrEnum):
    """What became of a registration in a bulk decision.

    `changed`: somebody else was faster; `impossible`: its state does not lead there; `missing`: it is
    not within reach of who decided any more.
    """

    DECIDED = "decided"
    CHANGED = "changed"
    IMPOSSIBLE = "impossible"
    MISSING = "missing"


LEADS_TO: dict[Decision, RegistrationState] = {
    Decision.REVIEW: RegistrationState.UNDER_REVIEW,
    Decision.ASK: RegistrationState.INCOMPLETE,
    Decision.ACCEPT: RegistrationState.ACCEPTED,
    Decision.WAITLIST: RegistrationState.WAITLISTED,
    Decision.REFUSE: RegistrationState.REFUSED,
    Decision.WITHDRAW: RegistrationState.WITHDRAWN,
}
_UNDECIDED = frozenset({Decision.ASK, Decision.ACCEPT, Decision.WAITLIST, Decision.REFUSE, Decision.WITHDRAW})
# A place already given is taken back by a decision of its own, never by a question; a refusal can
# be looked at again (law 55-19: appeal); what was withdrawn stays so, a new registration is free.
POSSIBLE: dict[RegistrationState, frozenset[Decision]] = {
    RegistrationState.DRAFT: frozenset(),
    RegistrationState.RECEIVED: _UNDECIDED | {Decision.REVIEW},
    RegistrationState.UNDER_REVIEW: _UNDECIDED,
    RegistrationState.INCOMPLETE: _UNDECIDED | {Decision.REVIEW},
    RegistrationState.WAITLISTED: frozenset(
        {Decision.REVIEW, Decision.ACCEPT, Decision.REFUSE, Decision.WITHDRAW}
    ),
    RegistrationState.ACCEPTED: frozenset(
        {Decision.REVIEW, Decision.WAITLIST, Decision.REFUSE, Decision.WITHDRAW}
    ),
    RegistrationState.REFUSED: frozenset({Decision.REVIEW, Decision.ACCEPT, Decision.WAITLIST}),
    RegistrationState.WITHDRAWN: frozenset(),
}
NEEDS_REASON = frozenset({Decision.ASK, Decision.WAITLIST, Decision.REFUSE})
TOLD = frozenset({Decision.ASK, Decision.ACCEPT, Decision.WAITLIST, Decision.REFUSE, Decision.WITHDRAW})
# Who was told one of these is told as well when it is taken back.
_SETTLED = frozenset({RegistrationState.ACCEPTED, RegistrationState.WAITLISTED, RegistrationState.REFUSED})
WAITING = (RegistrationState.RECEIVED, RegistrationState.UNDER_REVIEW)
WITHDRAWN_REASON = "withdrawn"


def is_told(before: RegistrationState, decision: Decision) -> bool:
    """Tell whether the cooperative is written to about a decision: nobody is left with an old answer."""
    return decision in TOLD or before in _SETTLED


def next_state(state: RegistrationState, decision: Decision) -> RegistrationState:
    """Return the state that a decision leads to.

    Raises: DecisionNotPossible.
    """
    if decision not in POSSIBLE[state]:
        raise DecisionNotPossible()
    return LEADS_TO[decision]


def check_reason(decision: Decision, reason_code: str | None, allowed: Collection[str]) -> None:
    """Refuse a decision without the reason that it owes, or with one that the call does not list.

    Raises: ReasonMissing, ReasonUnknown.
    Source: law 55-19, reasons of refusals; contracts 3, reasons belong to the call.
    """
    if reason_code is None:
        if decision in NEEDS_REASON:
            raise ReasonMissing()
    elif reason_code not in allowed:
        raise ReasonUnknown()


@dataclass(frozen=True, slots=True)
class NamedProduct:
    """A product by its name, in a sector."""

    name: str
    sector_code: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who comes. Gender None: not stated."""

    name: str
    gender: Gender | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class StandNeeds:
    """What a cooperative needs of its stand."""

    width_cm: int = USUAL_WIDTH_CM
    power: bool = False
    water: bool = False
    step_free: bool = False


@dataclass(frozen=True, slots=True)
class FiledDocument:
    """How a registration stands with one document of the call; the tokens are those of its files."""

    code: str
    state: DocumentState
    explanation: str | None = None
    file_tokens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FiledAnswer:
    """The answer to a question of the call: a text, the code of a choice, a number in western digits.

    A file is answered with its token; `value` is then its name.
    """

    code: str
    value: str
    file_token: str | None = None


@dataclass(frozen=True, slots=True)
class Filing:
    """What is sent. The cooperative is one of the directory by its code, or described by its profile.

    A described cooperative whose code is given too is changed to the description.
    `stops` are codes; none means all, where an event has one. `sectors` are those of the
    products and any others. `locale` is the language of messages.
    """

    cooperative_code: str | None
    profile: CooperativeProfile | None
    people: tuple[Person, ...]
    sectors: tuple[str, ...] = ()
    products: tuple[NamedProduct, ...] = ()
    stops: tuple[str, ...] = ()
    needs: StandNeeds = field(default_factory=StandNeeds)
    channel: FilingChannel = FilingChannel.SELF
    locale: str = "ar"
    remark: str | None = None
    documents: tuple[FiledDocument, ...] = ()
    answers: tuple[FiledAnswer, ...] = ()

    def all_sectors(self) -> tuple[str, ...]:
        """Return the sectors named, alone or with a product, each once, in order."""
        return tuple(dict.fromkeys((*self.sectors, *(product.sector_code for product in self.products))))


@dataclass(frozen=True, slots=True)
class OfferedStop:
    """A stop that can be asked for or not."""

    code: str
    ends_on: date
    cancelled: bool

    def is_open(self, today: date) -> bool:
        """Tell whether the stop can still be asked for."""
        return not self.cancelled and today <= self.ends_on


def check_filing(
    filing: Filing, *, event: EventDates, stops: Sequence[OfferedStop], most_people: int, today: date
) -> tuple[str, ...]:
    """Return the codes of the stops asked for; refuse what the event does not take.

    Raises: RegistrationClosed, StopMissing, StopNotOffered, SectorMissing, RepresentativeMissing,
    TooManyRepresentatives, WidthNotOffered.
    """
    if not takes_registrations(event, today):
        raise RegistrationClosed()
    return check_content(filing, stops=stops, most_people=most_people, today=today)


def check_content(
    filing: Filing, *, stops: Sequence[OfferedStop], most_people: int, today: date
) -> tuple[str, ...]:
    """Return the codes of the stops asked for; refuse what the event does not take at any time.

    Raises: StopMissing, StopNotOffered, SectorMissing, RepresentativeMissing,
    TooManyRepresentatives, WidthNotOffered.
    """
    if not filing.all_sectors():
        raise SectorMissing()
    if not filing.people:
        raise RepresentativeMissing()
    if len(filing.people) > most_people:
        raise TooManyRepresentatives(most=most_people)
    if filing.needs.width_cm not in _WIDTHS_CM:
        raise WidthNotOffered()
    return _stops_asked_for(filing.stops, stops, today)


def _stops_asked_for(asked: Sequence[str], stops: Sequence[OfferedStop], today: date) -> tuple[str, ...]:
    offered = [stop for stop in stops if stop.is_open(today)]
    if not asked:
        if len(stops) == 1 and offered:
            return (offered[0].code,)
        raise StopMissing()
    by_code = {stop.code.casefold(): stop.code for stop in offered}
    for code in asked:
        if code.casefold() not in by_code:
            raise StopNotOffered(code=code)
    return tuple(dict.fromkeys(by_code[code.casefold()] for code in asked))

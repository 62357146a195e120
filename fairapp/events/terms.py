"""The terms of a call: what it asks, how many places it offers, and by which rules it decides. Pure.

Source: law 55-19 (a published list of documents, reasons, a way to object); law 31-13 (criteria are
published proactively).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from fairapp.events.domain import CriterionSource, QuestionKind, QuestionPhase, QuotaKind, Texts
from fairapp.events.errors import (
    BoundsReversed,
    CapacityTwice,
    ChoicesMissing,
    ChoiceTwice,
    CodeTwice,
    DaysToObject,
    DetailsDueLate,
    HoursToAnswer,
    ObjectionsInOneLanguage,
    QuotaTwice,
    ReviewsWanted,
    ScaleOutside,
    StopNotFound,
    TooManyNeeded,
    TooManyQuestions,
    UnknownSector,
    WeightsDoNotSum,
)

WEIGHT_SUM = 100
USUAL_SCALE, MOST_SCALE = 5, 20
MOST_QUESTIONS = 10  # of one phase: a form stays short
# A desk agent fills at most twelve fields a cooperative (promises A29), nine of which are always asked.
MOST_NEEDED_QUESTIONS = 3
LEAST_CHOICES, MOST_CHOICES = 2, 20
LEAST_OBJECTION_DAYS, MOST_OBJECTION_DAYS = 3, 60
MOST_REVIEWS = 7
MOST_OFFER_HOURS = 14 * 24


@dataclass(frozen=True, slots=True)
class DocumentTerms:
    """A document that a call asks for. `can_be_exempt`: some need none and say why."""

    code: str
    titles: Texts
    hints: Texts | None = None
    optional: bool = False
    food_only: bool = False
    can_be_exempt: bool = False


@dataclass(frozen=True, slots=True)
class CriterionTerms:
    """A criterion of a call: its weight in points of one hundred, and from where its points come.

    The committee gives 0 to `scale`, as `guides` say; other sources are facts of the registration.
    """

    code: str
    titles: Texts
    weight: int
    scale: int = USUAL_SCALE
    source: CriterionSource = CriterionSource.COMMITTEE
    guides: Texts | None = None


@dataclass(frozen=True, slots=True)
class QuotaTerms:
    """A share of places, in percent, kept at least for a group; `target` is its province or sector."""

    kind: QuotaKind
    least_percent: int
    target: str = ""


@dataclass(frozen=True, slots=True)
class ReasonTerms:
    """A reason that a call allows for a decision."""

    code: str
    texts: Texts


@dataclass(frozen=True, slots=True)
class ChoiceTerms:
    """One of the answers that a question offers."""

    code: str
    texts: Texts


@dataclass(frozen=True, slots=True)
class QuestionTerms:
    """A question of this call alone; `least` and `most` bound a number, `choices` are for a choice."""

    code: str
    titles: Texts
    kind: QuestionKind = QuestionKind.TEXT
    phase: QuestionPhase = QuestionPhase.REGISTRATION
    hints: Texts | None = None
    optional: bool = False
    choices: tuple[ChoiceTerms, ...] = ()
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class CapacityTerms:
    """Places at a stop (empty: at each) and in a sector (empty: of all)."""

    places: int
    stop_code: str = ""
    sector_code: str = ""


@dataclass(frozen=True, slots=True)
class CallRules:
    """How a call decides, lets object, and fills places that become free."""

    objections: Texts | None = None
    objection_days: int = 10
    reviews_wanted: int = 2
    is_blind: bool = False
    draw_seed: str | None = None
    offer_hours: int = 48
    waiting_list_stopped: bool = False
    details_due_on: date | None = None


@dataclass(frozen=True, slots=True)
class DefaultCall:
    """The call that every new event starts with.

    Source: what calls of Moroccan fairs ask for; law 55-19 forbids asking for certified copies.
    """

    documents: tuple[DocumentTerms, ...]
    criteria: tuple[CriterionTerms, ...]
    reasons: tuple[ReasonTerms, ...]
    rules: CallRules = field(default_factory=CallRules)


def check_codes(codes: Collection[str]) -> None:
    """Refuse a list that names one code twice.

    Raises: CodeTwice.
    """
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise CodeTwice(code=code)
        seen.add(code)


def check_criteria(criteria: Collection[CriterionTerms]) -> None:
    """Refuse criteria of one code, whose weights are not points of one hundred, or with odd scales.

    None at all is allowed.

    Raises: CodeTwice, WeightsDoNotSum, ScaleOutside.
    """
    check_codes([criterion.code for criterion in criteria])
    total = sum(criterion.weight for criterion in criteria)
    if criteria and total != WEIGHT_SUM:
        raise WeightsDoNotSum(sum=total)
    for criterion in criteria:
        if not 1 <= criterion.scale <= MOST_SCALE:
            raise ScaleOutside(most=MOST_SCALE)


def check_quotas(quotas: Collection[QuotaTerms]) -> None:
    """Refuse two quotas for one group.

    Raises: QuotaTwice.
    """
    if len({(quota.kind, quota.target) for quota in quotas}) != len(quotas):
        raise QuotaTwice()


def check_questions(questions: Collection[QuestionTerms]) -> None:
    """Refuse questions that make the form too long, or that nobody could answer.

    Raises: CodeTwice, TooManyQuestions, TooManyNeeded, ChoicesMissing, ChoiceTwice, BoundsReversed.
    Source: promises A29 (at most twelve fields at a desk), issue 3 (at most twenty in the journey).
    """
    check_codes([question.code for question in questions])
    for phase in QuestionPhase:
        asked = [question for question in questions if question.phase is phase]
        if len(asked) > MOST_QUESTIONS:
            raise TooManyQuestions(most=MOST_QUESTIONS)
    if len(needed_questions(questions)) > MOST_NEEDED_QUESTIONS:
        raise TooManyNeeded(most=MOST_NEEDED_QUESTIONS)
    for question in questions:
        _check_question(question)


def needed_questions(questions: Iterable[QuestionTerms]) -> list[QuestionTerms]:
    """Return the questions that everybody must answer to register."""
    return [
        question
        for question in questions
        if question.phase is QuestionPhase.REGISTRATION and not question.optional
    ]


def _check_question(question: QuestionTerms) -> None:
    if question.kind is QuestionKind.CHOICE:
        codes = [choice.code for choice in question.choices]
        if not LEAST_CHOICES <= len(codes) <= MOST_CHOICES:
            raise ChoicesMissing(title=question.titles.ar, least=LEAST_CHOICES, most=MOST_CHOICES)
        for language in ("ar", "fr"):
            words = [getattr(choice.texts, language) for choice in question.choices]
            if len(set(words)) != len(words):
                raise ChoiceTwice(title=question.titles.ar)
    if question.least is not None and question.most is not None and question.least > question.most:
        raise BoundsReversed(title=question.titles.ar)


def coded_choices(texts: Sequence[Texts], known: Sequence[Mapping[str, str]]) -> tuple[ChoiceTerms, ...]:
    """Return choices with their codes: one that was there keeps its code, whatever its place is now.

    `known` are the stored ones, [{code, ar, fr, en}]. A choice is the same when one of its words is;
    where nothing but words changed, the place decides. Answers given stay what they were.
    """
    same = [
        next((row for row in known if text.ar == row["ar"] or text.fr == row["fr"]), None) for text in texts
    ]
    if len(texts) == len(known):
        kept = [row["code"] for row in same if row is not None]
        same = [
            found or (row if row["code"] not in kept else None)
            for found, row in zip(same, known, strict=True)
        ]
    used = {row["code"] for row in known}
    free = (name for number in range(1, 1000) if (name := f"choice_{number}") not in used)
    return tuple(
        ChoiceTerms(row["code"] if row is not None else next(free), _with_english(text, row))
        for text, row in zip(texts, same, strict=True)
    )


def _with_english(text: Texts, known: Mapping[str, str] | None) -> Texts:
    # The form asks for Arabic and French; the English of words that stayed is kept.
    if text.en or known is None or text.fr != known["fr"]:
        return text
    return Texts(text.ar, text.fr, known.get("en", ""))


def check_capacities(
    capacities: Collection[CapacityTerms], *, stops: Collection[str], sectors: Collection[str]
) -> None:
    """Refuse places at a stop or in a sector that does not exist, or told twice.

    More places in sectors than at the stop is a matter for `places_of`, which warns.

    Raises: StopNotFound, UnknownSector, CapacityTwice.
    """
    for capacity in capacities:
        if capacity.stop_code and capacity.stop_code not in stops:
            raise StopNotFound()
        if capacity.sector_code and capacity.sector_code not in sectors:
            raise UnknownSector(code=capacity.sector_code)
    if len({(capacity.stop_code, capacity.sector_code) for capacity in capacities}) != len(capacities):
        raise CapacityTwice()


@dataclass(frozen=True, slots=True)
class StopPlaces:
    """Places at one stop: of all sectors together (None: not told), and of some sectors."""

    stop_code: str
    total: int | None
    sectors: tuple[tuple[str, int], ...]

    @property
    def in_sectors(self) -> int:
        """Places told by sector, together."""
        return sum(places for _sector, places in self.sectors)

    @property
    def is_exceeded(self) -> bool:
        """Whether the sectors promise more places than the stop has."""
        return self.total is not None and self.in_sectors > self.total


def places_of(capacities: Collection[CapacityTerms], *, stops: Sequence[str]) -> list[StopPlaces]:
    """Return the places of each stop; what is told of the stop itself goes before what is told of each."""
    told = {(entry.stop_code, entry.sector_code): entry.places for entry in capacities}
    sectors = sorted({entry.sector_code for entry in capacities if entry.sector_code})
    return [
        StopPlaces(
            stop,
            told.get((stop, ""), told.get(("", ""))),
            tuple(
                (sector, places)
                for sector in sectors
                if (places := told.get((stop, sector), told.get(("", sector)))) is not None
            ),
        )
        for stop in stops
    ]


def check_rules(rules: CallRules, *, last_day: date | None) -> None:
    """Refuse rules that cannot be kept. `last_day` is that of the event.

    Raises: ObjectionsInOneLanguage, DaysToObject, ReviewsWanted, HoursToAnswer, DetailsDueLate.
    Source: law 55-19: who is refused can object; too few days would be none.
    """
    texts = rules.objections
    if texts is not None and not (texts.ar and texts.fr):
        raise ObjectionsInOneLanguage()
    if not LEAST_OBJECTION_DAYS <= rules.objection_days <= MOST_OBJECTION_DAYS:
        raise DaysToObject(least=LEAST_OBJECTION_DAYS, most=MOST_OBJECTION_DAYS)
    if not 1 <= rules.reviews_wanted <= MOST_REVIEWS:
        raise ReviewsWanted(most=MOST_REVIEWS)
    if not 1 <= rules.offer_hours <= MOST_OFFER_HOURS:
        raise HoursToAnswer(most=MOST_OFFER_HOURS)
    if rules.details_due_on is not None and last_day is not None and rules.details_due_on > last_day:
        raise DetailsDueLate()


@dataclass(frozen=True, slots=True)
class TermsChange:
    """How a list changed: the codes of its entries."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    reordered: bool = False

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.reordered)


def change_between(before: Mapping[str, object], after: Mapping[str, object]) -> TermsChange:
    """Return how a list of coded entries changed; both are in their order."""
    kept = [code for code in before if code in after]
    return TermsChange(
        added=tuple(code for code in after if code not in before),
        removed=tuple(code for code in before if code not in after),
        changed=tuple(code for code in kept if before[code] != after[code]),
        reordered=kept != [code for code in after if code in before],
    )

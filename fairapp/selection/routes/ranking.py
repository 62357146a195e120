"""The ranking as it stands now, quotas and balance beside it, what would be if, and the list as a file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fairapp.events.models import Criterion, Event
from fairapp.events.queries import call_of
from fairapp.foundation.database import reading
from fairapp.foundation.ids import show_reference
from fairapp.foundation.sheets import write_csv
from fairapp.reference.queries import provinces, sectors
from fairapp.selection.domain.ranking import Ranked, Ranking, places_at, rank
from fairapp.selection.domain.record import hash_of, write_result
from fairapp.selection.domain.rules import ALL_SECTORS, Rules
from fairapp.selection.domain.whatif import Difference, Question, changed, difference
from fairapp.selection.domain.words import Proposal
from fairapp.selection.forms import RecordForm
from fairapp.selection.queries.field import Field, field_of, rules_of
from fairapp.selection.queries.runs import PER_PAGE, runs_of
from fairapp.selection.queries.shown import balance_of, names_of
from fairapp.selection.routes import pages
from fairapp.selection.routes.committee import managed_event
from fairapp.web.access import requires
from fairapp.web.filters import local_name, localized
from fairapp.web.i18n import current_language

_MOST_MORE = 500
_SHOWN = 50  # of those who come in or fall out


@dataclass(frozen=True, slots=True)
class RankingPage:
    """One page of the ranking. Pages count from 1."""

    rows: Sequence[Ranked]
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What would be if."""

    question: Question
    ranking: Ranking
    difference: Difference


@pages.get("/organizer/events/<slug>/selection/ranking")
@requires("selection.manage")
def show_ranking(slug: str) -> ResponseReturnValue:
    """Show the ranking as it stands now; nothing is saved."""
    session, event = reading(), managed_event(slug)
    rules = rules_of(session, event=event)
    field = field_of(session, event=event, rules=rules)
    ranking = rank(field.entries, rules)
    question = _question(rules)
    answer = _answer(field, rules, ranking, question) if question.asks else None
    found = _page(ranking, request.args.get("proposal", ""), request.args.get("page", 1, type=int))
    result_hash = hash_of(write_result(ranking))
    return render_template(
        "selection/ranking.html",
        event=event,
        rules=rules,
        ranking=ranking,
        found=found,
        names=names_of(session, _references(found.rows, answer)),
        balance=balance_of(field.entries, ranking),
        answer=answer,
        categories=_categories(event, rules),
        criteria=_criteria(event),
        counts={proposal: _count(ranking, proposal) for proposal in Proposal},
        form=RecordForm(formdata=None, seen=result_hash),
        runs=runs_of(session, event_id=event.id),
        shown=_SHOWN,
    )


@pages.get("/organizer/events/<slug>/selection/ranking.csv")
@requires("selection.manage")
def download_ranking(slug: str) -> ResponseReturnValue:
    """Hand out the ranking as it stands now as a list."""
    session, event = reading(), managed_event(slug)
    rules = rules_of(session, event=event)
    ranking = rank(field_of(session, event=event, rules=rules).entries, rules)
    names = names_of(session, [ranked.reference for ranked in ranking.ranked])
    criteria = _criteria(event)
    heads = [
        _("Rank"),
        _("Reference"),
        _("Cooperative"),
        _("Category"),
        _("Rank in its category"),
        _("Of"),
        _("Places"),
        _("Points"),
        _("Proposal"),
        _("Reason"),
        *(localized(criteria[rule.code], "title") for rule in rules.criteria),
    ]
    rows = (
        [
            ranked.overall,
            show_reference(ranked.reference),
            local_name(names[ranked.reference]),
            ranked.standing.category,
            ranked.standing.rank,
            ranked.standing.of,
            ranked.standing.places,
            f"{ranked.points.total_milli // 1000}.{ranked.points.total_milli % 1000:03}",
            ranked.proposal.value if ranked.proposal else None,
            ranked.reason_code,
            *(
                f"{part.points_milli // 1000}.{part.points_milli % 1000:03}"
                for part in ranked.points.criteria
            ),
        ]
        for ranked in ranking.ranked
    )
    return csv_answer(write_csv(heads, rows), f"{event.slug}-ranking.csv")


def csv_answer(content: bytes, name: str) -> Response:
    """Return a list as a file to keep."""
    return Response(
        content, mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def category_label(event: Event, category: str) -> str:
    """Return a category in words; the stop is named where there are several."""
    stop_code, _colon, sector_code = category.partition(":")
    kinds = sectors()[sector_code].name(current_language()) if sector_code in sectors() else sector_code
    stop = next((stop for stop in event.stops if stop.code == stop_code), None)
    parts = [kinds or _("All products")]
    if stop is not None and len(event.stops) > 1:
        parts.append(localized(stop, "place"))
    return " – ".join(parts)


pages.add_app_template_global(category_label, "category_label")


def _criteria(event: Event) -> dict[str, Criterion]:
    return {row.code: row for row in call_of(reading(), event=event).criteria}


def _categories(event: Event, rules: Rules) -> dict[str, str]:
    found = {}
    for stop in rules.stops:
        for sector in places_at(rules, stop) or {ALL_SECTORS: 0}:
            found[f"{stop}:{sector}"] = category_label(event, f"{stop}:{sector}")
    return found


def _count(ranking: Ranking, proposal: Proposal) -> int:
    return sum(ranked.proposal is proposal for ranked in ranking.ranked)


def _page(ranking: Ranking, wanted: str, page: int) -> RankingPage:
    rows = [ranked for ranked in ranking.ranked if not wanted or ranked.proposal == wanted]
    pages_total = max(1, -(-len(rows) // PER_PAGE))
    page = max(1, min(page, pages_total))
    return RankingPage(rows[(page - 1) * PER_PAGE : page * PER_PAGE], page, pages_total, len(rows))


def _question(rules: Rules) -> Question:
    """Read what is asked from the address; what is as it is asks nothing."""
    args = request.args
    quotas = {}
    for rule in rules.quotas:
        percent = args.get(f"quota.{rule.key}", rule.least_percent, type=int)
        if percent != rule.least_percent and 0 <= percent <= 100:
            quotas[rule.key] = percent
    more = max(-_MOST_MORE, min(args.get("more", 0, type=int), _MOST_MORE))
    known = {rule.code for rule in rules.criteria}
    without = frozenset(code for code in args.getlist("without") if code in known)
    if len(without) == len(known):
        without = frozenset()  # without any criterion there is nothing to rank by
    category = args.get("category", "") if rules.stops else ""
    return Question(more if rules.stops else 0, category, quotas, without)


def _answer(field: Field, rules: Rules, before: Ranking, question: Question) -> Answer:
    known = {} if question.without else {ranked.reference: ranked.points for ranked in before.ranked}
    after = rank(field.entries, changed(rules, question), known=known)
    return Answer(question, after, difference(before, after))


def _references(rows: Iterable[Ranked], answer: Answer | None) -> list[str]:
    shown = [ranked.reference for ranked in rows]
    if answer is not None:
        for some in (answer.difference.comes_in, answer.difference.falls_out):
            shown += [ranked.reference for ranked in some[:_SHOWN]]
    return shown


def quota_label(key: str) -> str:
    """Return a quota in words, from its key `province:05.301`."""
    kind, _colon, target = key.partition(":")
    words = {
        "women_led": _("Led by a woman"),
        "youth": _("Young members"),
        "first_time": _("First participation"),
        "rural": _("Rural commune"),
        "province": _("Province"),
        "sector": _("Kind of products"),
    }
    entry = provinces().get(target) or sectors().get(target)
    word = words.get(kind, kind)
    return f"{word}{_(': ')}{entry.name(current_language())}" if entry else word


pages.add_app_template_global(quota_label, "quota_label")

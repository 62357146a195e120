"""The terms of a call: documents, criteria, quotas and reasons. A list is set as a whole."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.events import queries
from fairapp.events.domain import Texts
from fairapp.events.errors import FixedReason
from fairapp.events.models import Criterion, Event, Question, Quota, Reason, RequiredDocument
from fairapp.events.services.changes import record_list_change, terms_by_code
from fairapp.events.terms import (
    CriterionTerms,
    DocumentTerms,
    QuotaTerms,
    ReasonTerms,
    check_codes,
    check_criteria,
    check_quotas,
)

MANAGE = "events.manage"


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


_M = TypeVar("_M", RequiredDocument, Criterion, Question)
_T = TypeVar("_T", bound=_Coded)


def give_default_call(session: Session, *, event: Event) -> None:
    """Give a new event the usual documents, criteria, reasons and way to object."""
    usual = queries.default_call()
    for position, document in enumerate(usual.documents, 1):
        session.add(_document(RequiredDocument(event_id=event.id, code=document.code), document, position))
    for position, criterion in enumerate(usual.criteria, 1):
        session.add(_criterion(Criterion(event_id=event.id, code=criterion.code), criterion, position))
    for position, reason in enumerate(usual.reasons, 1):
        session.add(_reason(Reason(event_id=event.id, code=reason.code), reason, position))
    set_objections(event, usual.rules.objections)
    event.objection_days = usual.rules.objection_days
    session.flush()


def set_documents(
    session: Session, *, actor: Actor, slug: str, documents: Sequence[DocumentTerms], now: datetime
) -> None:
    """Set the documents that a call asks for.

    Raises: EventNotFound, CodeTwice.
    """
    event = queries.event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    check_codes([document.code for document in documents])
    set_coded(
        session,
        actor=actor,
        event=event,
        model=RequiredDocument,
        known=queries.documents_of(session, event=event),
        wanted=documents,
        fill=_document,
        action="events.documents_set",
        now=now,
    )


def set_criteria(
    session: Session, *, actor: Actor, slug: str, criteria: Sequence[CriterionTerms], now: datetime
) -> None:
    """Set the criteria of a call; their weights are points of one hundred.

    Raises: EventNotFound, and the refusals of `check_criteria`.
    """
    event = queries.event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    check_criteria(criteria)
    set_coded(
        session,
        actor=actor,
        event=event,
        model=Criterion,
        known=queries.criteria_of(session, event=event),
        wanted=criteria,
        fill=_criterion,
        action="events.criteria_set",
        now=now,
    )


def set_quotas(
    session: Session, *, actor: Actor, slug: str, quotas: Sequence[QuotaTerms], now: datetime
) -> None:
    """Set the shares of places that a call keeps for groups.

    Raises: EventNotFound, QuotaTwice.
    """
    event = queries.event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    check_quotas(quotas)
    rows = queries.quotas_of(session, event=event)
    before = {f"{row.kind} {row.target}".strip(): row.least_percent for row in rows}
    for row in rows:
        session.delete(row)
    session.flush()
    for quota in sorted(quotas, key=lambda quota: (quota.kind, quota.target)):
        session.add(
            Quota(event_id=event.id, kind=quota.kind, target=quota.target, least_percent=quota.least_percent)
        )
    session.flush()
    after = {f"{quota.kind} {quota.target}".strip(): quota.least_percent for quota in quotas}
    record_list_change(
        session,
        actor=actor,
        event=event,
        action="events.quotas_set",
        before=dict(sorted(before.items())),
        after=dict(sorted(after.items())),
        now=now,
    )


def set_reasons(
    session: Session, *, actor: Actor, slug: str, reasons: Sequence[ReasonTerms], now: datetime
) -> None:
    """Set the reasons that a call allows. One that exists is worded anew, never removed:

    people were told it, and their page still shows it.

    Raises: EventNotFound, CodeTwice, FixedReason.
    """
    event = queries.event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    check_codes([reason.code for reason in reasons])
    known = {row.code: row for row in queries.reasons_of(session, event=event)}
    before = terms_by_code(known.values())
    for code in known.keys() - {reason.code for reason in reasons}:
        raise FixedReason(code=code)
    rows = []
    for position, reason in enumerate(reasons, 1):
        row = known.get(reason.code) or Reason(event_id=event.id, code=reason.code)
        rows.append(_reason(row, reason, position))
    session.add_all(rows)
    session.flush()
    record_list_change(
        session,
        actor=actor,
        event=event,
        action="events.reasons_set",
        before=before,
        after=terms_by_code(rows),
        now=now,
    )


def set_coded(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    model: type[_M],
    known: Sequence[_M],
    wanted: Sequence[_T],
    fill: Callable[[_M, _T, int], _M],
    action: str,
    now: datetime,
) -> None:
    """Set a list of a call as a whole: rows whose code stays are filled anew, the others go; record it."""
    before = terms_by_code(known)
    kept = _keep_coded(session, known, wanted)
    rows = [
        fill(kept.get(entry.code) or model(event_id=event.id, code=entry.code), entry, position)
        for position, entry in enumerate(wanted, 1)
    ]
    session.add_all(rows)
    session.flush()
    record_list_change(
        session, actor=actor, event=event, action=action, before=before, after=terms_by_code(rows), now=now
    )


def _keep_coded(session: Session, rows: Sequence[_M], wanted: Sequence[_T]) -> dict[str, _M]:
    """Delete the rows whose code is wanted no more; return the others by their code."""
    codes = {entry.code for entry in wanted}
    for row in rows:
        if row.code not in codes:
            session.delete(row)
    session.flush()
    return {row.code: row for row in rows if row.code in codes}


def set_title(row: RequiredDocument | Criterion | Question, titles: Texts) -> None:
    """Set the title in each language; English may be left to the French."""
    row.title_ar, row.title_fr, row.title_en = titles.ar, titles.fr, titles.en or titles.fr


def set_hint(row: RequiredDocument | Question, hints: Texts | None) -> None:
    """Set the hint in each language, or none."""
    row.hint_ar = hints.ar if hints else None
    row.hint_fr = hints.fr if hints else None
    row.hint_en = (hints.en or hints.fr) if hints else None


def set_objections(event: Event, texts: Texts | None) -> None:
    """Set how to object in each language; without texts the page says it in its own words."""
    event.objections_ar = texts.ar if texts else None
    event.objections_fr = texts.fr if texts else None
    event.objections_en = (texts.en or texts.fr) if texts else None


def _document(row: RequiredDocument, terms: DocumentTerms, position: int) -> RequiredDocument:
    set_title(row, terms.titles)
    set_hint(row, terms.hints)
    row.optional, row.food_only, row.position = terms.optional, terms.food_only, position
    row.can_be_exempt = terms.can_be_exempt
    return row


def _criterion(row: Criterion, terms: CriterionTerms, position: int) -> Criterion:
    set_title(row, terms.titles)
    guides = terms.guides
    row.guide_ar = guides.ar if guides else None
    row.guide_fr = guides.fr if guides else None
    row.guide_en = (guides.en or guides.fr) if guides else None
    row.weight, row.position = terms.weight, position
    row.scale, row.source = terms.scale, terms.source
    return row


def _reason(row: Reason, terms: ReasonTerms, position: int) -> Reason:
    row.text_ar, row.text_fr = terms.texts.ar, terms.texts.fr
    row.text_en = terms.texts.en or terms.texts.fr
    row.position = position
    return row

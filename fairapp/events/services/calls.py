"""The terms of a call: documents, criteria, quotas and reasons. A list is set as a whole."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.events import queries
from fairapp.events.domain import (
    CriterionTerms,
    DocumentTerms,
    QuotaTerms,
    ReasonTerms,
    Texts,
    check_codes,
    check_quotas,
    check_weights,
)
from fairapp.events.errors import FixedReason
from fairapp.events.models import Criterion, Event, Quota, Reason, RequiredDocument

MANAGE = "events.manage"


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


_M = TypeVar("_M", RequiredDocument, Criterion, Reason)
_T = TypeVar("_T", bound=_Coded)


def give_default_call(session: Session, *, event: Event) -> None:
    """Give a new event the usual documents, criteria and reasons."""
    usual = queries.default_call()
    for position, document in enumerate(usual.documents, 1):
        session.add(_document(RequiredDocument(event_id=event.id, code=document.code), document, position))
    for position, criterion in enumerate(usual.criteria, 1):
        session.add(_criterion(Criterion(event_id=event.id, code=criterion.code), criterion, position))
    for position, reason in enumerate(usual.reasons, 1):
        session.add(_reason(Reason(event_id=event.id, code=reason.code), reason, position))
    session.flush()


def set_documents(
    session: Session, *, actor: Actor, slug: str, documents: Sequence[DocumentTerms], now: datetime
) -> None:
    """Set the documents that a call asks for.

    Raises: EventNotFound, CodeTwice.
    """
    event = queries.event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    check_codes([document.code for document in documents])
    kept = _keep(session, queries.documents_of(session, event=event), documents)
    for position, document in enumerate(documents, 1):
        row = kept.get(document.code) or RequiredDocument(event_id=event.id, code=document.code)
        session.add(_document(row, document, position))
    _record(session, actor, event, "events.documents_set", now, len(documents))


def set_criteria(
    session: Session, *, actor: Actor, slug: str, criteria: Sequence[CriterionTerms], now: datetime
) -> None:
    """Set the criteria of a call; their weights are points of one hundred.

    Raises: EventNotFound, CodeTwice, WeightsDoNotSum.
    """
    event = queries.event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    check_codes([criterion.code for criterion in criteria])
    check_weights([criterion.weight for criterion in criteria])
    kept = _keep(session, queries.call_of(session, event=event).criteria, criteria)
    for position, criterion in enumerate(criteria, 1):
        row = kept.get(criterion.code) or Criterion(event_id=event.id, code=criterion.code)
        session.add(_criterion(row, criterion, position))
    _record(session, actor, event, "events.criteria_set", now, len(criteria))


def set_quotas(
    session: Session, *, actor: Actor, slug: str, quotas: Sequence[QuotaTerms], now: datetime
) -> None:
    """Set the shares of places that a call keeps for groups.

    Raises: EventNotFound, QuotaTwice.
    """
    event = queries.event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    check_quotas(quotas)
    for row in queries.call_of(session, event=event).quotas:
        session.delete(row)
    session.flush()
    for quota in quotas:
        session.add(
            Quota(event_id=event.id, kind=quota.kind, target=quota.target, least_percent=quota.least_percent)
        )
    _record(session, actor, event, "events.quotas_set", now, len(quotas))


def set_reasons(
    session: Session, *, actor: Actor, slug: str, reasons: Sequence[ReasonTerms], now: datetime
) -> None:
    """Set the reasons that a call allows. One that exists is worded anew, never removed:

    people were told it, and their page still shows it.

    Raises: EventNotFound, CodeTwice, FixedReason.
    """
    event = queries.event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    check_codes([reason.code for reason in reasons])
    rows = {row.code: row for row in queries.reasons_of(session, event=event)}
    for code in rows.keys() - {reason.code for reason in reasons}:
        raise FixedReason(code=code)
    for position, reason in enumerate(reasons, 1):
        row = rows.get(reason.code) or Reason(event_id=event.id, code=reason.code)
        session.add(_reason(row, reason, position))
    _record(session, actor, event, "events.reasons_set", now, len(reasons))


def _keep(session: Session, rows: Sequence[_M], wanted: Sequence[_T]) -> dict[str, _M]:
    codes = {entry.code for entry in wanted}
    for row in rows:
        if row.code not in codes:
            session.delete(row)
    session.flush()
    return {row.code: row for row in rows if row.code in codes}


def _document(row: RequiredDocument, terms: DocumentTerms, position: int) -> RequiredDocument:
    _title(row, terms.titles)
    hints = terms.hints
    row.hint_ar = hints.ar if hints else None
    row.hint_fr = hints.fr if hints else None
    row.hint_en = (hints.en or hints.fr) if hints else None
    row.optional, row.food_only, row.position = terms.optional, terms.food_only, position
    return row


def _criterion(row: Criterion, terms: CriterionTerms, position: int) -> Criterion:
    _title(row, terms.titles)
    row.weight, row.position = terms.weight, position
    return row


def _reason(row: Reason, terms: ReasonTerms, position: int) -> Reason:
    row.text_ar, row.text_fr = terms.texts.ar, terms.texts.fr
    row.text_en = terms.texts.en or terms.texts.fr
    row.position = position
    return row


def _title(row: RequiredDocument | Criterion, titles: Texts) -> None:
    row.title_ar, row.title_fr, row.title_en = titles.ar, titles.fr, titles.en or titles.fr


def _record(session: Session, actor: Actor, event: Event, action: str, now: datetime, count: int) -> None:
    record(
        session,
        actor=actor,
        action=action,
        subject_type="event",
        subject_id=event.id,
        details={"slug": event.slug, "count": count},
        chain=queries.chain_of(event),
        now=now,
    )

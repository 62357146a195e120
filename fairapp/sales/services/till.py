"""One sale, and its undoing, as a person enters them on a page."""

from datetime import datetime

from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.events.models import Event
from fairapp.foundation.errors import Refusal
from fairapp.sales import errors
from fairapp.sales.domain import SaleEntry, SyncOutcome
from fairapp.sales.queries import entries as queries
from fairapp.sales.services.sync import sync_sales


def record_sale(
    session: Session, *, actor: Actor, event: Event, entry: SaleEntry, now: datetime
) -> SyncOutcome:
    """Record one entry; sent twice by an impatient tap it is a duplicate.

    Raises: PlaceUnknown, ReversalMismatch, AlreadyReversed; IdTaken, for other content.
    """
    known = queries.ledger_entries(session, ids={entry.id}).get(entry.id)
    if known is not None:  # the page cannot know when its first sending was taken for made
        entry = entry._replace(sold_at=known.device_sold_at)
    answer = sync_sales(session, actor=actor, event=event, entries=[entry], sent_at=None, now=now)
    result = answer.results[0]
    if result.outcome in (SyncOutcome.RECORDED, SyncOutcome.DUPLICATE):
        return result.outcome
    raise _REFUSALS[result.detail or ""]()


def undo_sale(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    place: tuple[str, str],
    sale_id: str,
    reversal_id: str,
    now: datetime,
) -> SyncOutcome:
    """Cancel a sale of a stand, named by the codes of stop and stand, by a second entry.

    Raises: NothingToReverse; AlreadyReversed, when another reversal was faster.
    """
    stand = queries.places_to_sell(session, actor=actor, event=event, codes={place}, lock=True).get(place)
    sale = queries.ledger_entries(session, ids={sale_id}).get(sale_id)
    if stand is None or sale is None or sale.stand_id != stand.stand_id or sale.reverses_id is not None:
        raise errors.NothingToReverse()
    entry = SaleEntry(
        id=reversal_id,
        stop=place[0],
        stand=place[1],
        sold_at=now,
        amount_minor=sale.amount_minor,
        payment=sale.payment,
        sector=sale.sector_code,
        product=sale.product,
        quantity_milli=sale.quantity_milli,
        reverses=sale_id,
    )
    return record_sale(session, actor=actor, event=event, entry=entry, now=now)


_REFUSALS: dict[str, type[Refusal]] = {
    refusal.message: refusal
    for refusal in (
        errors.PlaceUnknown,
        errors.ReversalMismatch,
        errors.AlreadyReversed,
        errors.IdTaken,
    )
}

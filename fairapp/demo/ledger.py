"""Invented sales of an event whose sum is given, to the centime."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from fairapp.demo.writer import Writer
from fairapp.foundation.clock import from_local
from fairapp.sales.domain import Payment, ReportSource
from fairapp.sales.models import DayReport, Sale, StandDay, StandDaySector

OPENS, CLOSES = time(10), time(21)
MOST_OF_A_STAND_MINOR = 13_000_000  # a stand above 150,000 MAD deserves a question (domain 1)
ZERO_SHARE = 0.02  # of stand-days: an explicit zero
TAKINGS_ONLY_SHARE = 0.06  # of stand-days: declared on paper in the evening, nothing logged
STEP_MINOR = 500  # prices at a fair end in whole five dirhams


@dataclass(frozen=True, slots=True)
class Seller:
    """A stand and who holds it; `days` are those on which it reports."""

    stand_id: int
    registration_id: int
    sector: str
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Market:
    """Where sales are invented: an event, its stop, and how many sales a stand-day has."""

    event_id: int
    stop_id: int
    sales_a_day: tuple[int, int]


class Ledger:
    """Writes sales, day reports and the totals of their stand-days."""

    def __init__(self, writer: Writer, random: Random) -> None:
        self._writer = writer
        self._random = random

    def sell(self, market: Market, sellers: Sequence[Seller], turnover_minor: int) -> None:
        """Write sales and takings of the sellers that sum up to a turnover."""
        plan = self._plan(sellers, turnover_minor)
        for (seller, day), amount in plan.items():
            if amount == 0:
                self.report(market, seller, day, 0, ReportSource.TILL)
                self._total(market, seller, day, 0, 0, 0)
            elif market.sales_a_day[1] <= 3 and self._random.random() < TAKINGS_ONLY_SHARE:
                self.report(market, seller, day, amount, ReportSource.PAPER)
                self._total(market, seller, day, 0, 0, amount)
            else:
                count = self._log(market, seller, day, amount)
                self._total(market, seller, day, count, amount, None)

    def _plan(self, sellers: Sequence[Seller], turnover_minor: int) -> dict[tuple[Seller, date], int]:
        """Share a turnover over stand-days: few sell much, weekends sell more, some sell nothing."""
        random = self._random
        weights: dict[tuple[Seller, date], float] = {}
        for seller in sellers:
            strength = random.lognormvariate(0, 0.55)
            for day in seller.days:
                weekend = 1.5 if day.weekday() >= 5 else 1.0
                zero = random.random() < ZERO_SHARE
                weights[seller, day] = 0 if zero else strength * weekend * random.uniform(0.6, 1.4)
        total = sum(weights.values())
        plan = {
            key: int(turnover_minor * weight / total) // STEP_MINOR * STEP_MINOR
            for key, weight in weights.items()
        }
        _cap_stands(plan)
        self._spread_rest(plan, turnover_minor - sum(plan.values()))
        return plan

    def _spread_rest(self, plan: dict[tuple[Seller, date], int], rest: int) -> None:
        selling = [key for key, amount in plan.items() if amount > 0]
        portion = rest // len(selling) // STEP_MINOR * STEP_MINOR
        for key in selling:
            plan[key] += portion
        rest -= portion * len(selling)
        for key in selling:
            step = min(rest, STEP_MINOR)
            plan[key] += step
            rest -= step
            if rest == 0:
                break

    def _log(self, market: Market, seller: Seller, day: date, amount: int) -> int:
        parts = _split(self._random, amount, self._random.randint(*market.sales_a_day))
        for part in parts:
            self.sale(market, seller, self._moment(day), day, part)
        return len(parts)

    def _moment(self, day: date) -> datetime:
        opening = from_local(day, OPENS)
        return opening + timedelta(seconds=self._random.randint(0, 11 * 3600 - 1))

    def sale(
        self,
        market: Market,
        seller: Seller,
        sold_at: datetime,
        day: date,
        amount: int,
        received_at: datetime | None = None,
    ) -> uuid.UUID:
        """Write one sale without its totals."""
        identity = uuid.UUID(int=self._random.getrandbits(128), version=4)
        self._writer.add(
            Sale,
            id=identity,
            event_id=market.event_id,
            stop_id=market.stop_id,
            stand_id=seller.stand_id,
            registration_id=seller.registration_id,
            day=day,
            sold_at=sold_at,
            device_sold_at=sold_at,
            received_at=received_at or sold_at + timedelta(seconds=20),
            amount_minor=amount,
            currency="MAD",
            payment=Payment.CASH if self._random.random() < 0.86 else Payment.CARD,
            sector_code=seller.sector,
            product=None,
            quantity_milli=None,
            reverses_id=None,
            device_id=None,
            account_id=None,
        )
        return identity

    def report(self, market: Market, seller: Seller, day: date, takings: int, source: ReportSource) -> None:
        """Write a day report without the totals."""
        self._writer.add(
            DayReport,
            id=uuid.UUID(int=self._random.getrandbits(128), version=4),
            event_id=market.event_id,
            stop_id=market.stop_id,
            stand_id=seller.stand_id,
            day=day,
            takings_minor=takings,
            source=source,
            reported_at=from_local(day, CLOSES) + timedelta(minutes=self._random.randint(5, 90)),
            device_id=None,
            account_id=None,
        )

    def _total(
        self, market: Market, seller: Seller, day: date, count: int, amount: int, takings: int | None
    ) -> None:
        self.total(market, seller, day, {seller.sector: (count, amount)}, takings)

    def total(
        self,
        market: Market,
        seller: Seller,
        day: date,
        sectors: dict[str, tuple[int, int]],
        takings: int | None,
    ) -> None:
        """Write the totals of a stand-day from its sales by sector and its declared takings."""
        count = sum(one for one, _ in sectors.values())
        self._writer.add(
            StandDay,
            stand_id=seller.stand_id,
            day=day,
            event_id=market.event_id,
            stop_id=market.stop_id,
            entries_count=count,
            sales_count=count,
            amount_minor=sum(amount for _, amount in sectors.values()),
            takings_minor=takings,
        )
        for sector, (sales, amount) in sectors.items():
            if sales:
                self._writer.add(
                    StandDaySector,
                    stand_id=seller.stand_id,
                    day=day,
                    sector_code=sector,
                    event_id=market.event_id,
                    sales_count=sales,
                    amount_minor=amount,
                )


def _cap_stands(plan: dict[tuple[Seller, date], int]) -> None:
    by_stand: dict[int, int] = defaultdict(int)
    for (seller, _), amount in plan.items():
        by_stand[seller.stand_id] += amount
    for key in plan:
        over = by_stand[key[0].stand_id]
        if over > MOST_OF_A_STAND_MINOR:
            plan[key] = plan[key] * MOST_OF_A_STAND_MINOR // over // STEP_MINOR * STEP_MINOR


def _split(random: Random, amount: int, count: int) -> list[int]:
    """Split an amount into at most `count` positive parts in whole steps."""
    steps, rest = divmod(amount, STEP_MINOR)
    count = max(1, min(count, steps))
    if count == 1:
        return [amount]
    cuts = sorted(random.sample(range(1, steps), count - 1))
    parts = [(after - before) * STEP_MINOR for before, after in zip([0, *cuts], [*cuts, steps], strict=True)]
    parts[-1] += rest
    return parts

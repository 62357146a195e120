"""The three live events of the demonstration, dated from the day of the first start.

`khenifra-fair` and `atlas-tour` take registrations; `tiznit-live` is under way, with absent
cooperatives, shared stands, late sales, a corrected day, an outlier, and a stand that never reports.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from fairapp.demo.committee import ask_questions
from fairapp.demo.history import Tools, add_stop, new_event
from fairapp.demo.ledger import Market, Seller
from fairapp.demo.people import Party
from fairapp.events.domain import EventKind
from fairapp.events.models import Event, Stop
from fairapp.foundation.clock import from_local, local_date
from fairapp.registrations.domain import RegistrationState
from fairapp.sales.domain import ReportSource

State = RegistrationState
FULL_STAND = "A-14"  # held by the account cooperative@ (contracts 4)
TOUR = (
    ("ميدلت", "Midelt", "08.363", 50, 3),
    ("خنيفرة", "Khénifra", "05.301", 56, 2),
    ("أزيلال", "Azilal", "05.081", 61, 3),
    ("بني ملال", "Béni Mellal", "05.091", 67, 4),
)


@dataclass(frozen=True, slots=True)
class LiveEvents:
    """What accounts of the demonstration need to know."""

    events: tuple[Event, ...]
    running: Event
    running_stop: Stop
    exhibiting_cooperative_id: int


def load_live(tools: Tools, *, now: datetime) -> LiveEvents:
    """Load the three live events."""
    today = local_date(now)
    fair, tour = _load_khenifra(tools, now, today), _load_tour(tools, now, today)
    running, stop, holder = _load_tiznit(tools, now, today)
    return LiveEvents((fair, tour, running), running, stop, holder)


def _load_khenifra(tools: Tools, now: datetime, today: date) -> Event:
    event = new_event(
        tools.session,
        now=now,
        kind=EventKind.FAIR,
        slug="khenifra-fair",
        region_code="05",
        title_ar="المعرض الجهوي للاقتصاد الاجتماعي والتضامني بخنيفرة",
        title_fr="Foire régionale de l’économie sociale et solidaire de Khénifra",
        title_en="Regional fair of the social and solidarity economy in Khénifra",
        slogan_ar="الاقتصاد الاجتماعي رافعة للتنمية المحلية",
        slogan_fr="L’économie sociale, levier du développement local",
        slogan_en="The social economy drives local development",
        edition=5,
        published_at=now,
        registration_opens_on=today - timedelta(days=14),
        registration_closes_on=today + timedelta(days=21),
        answer_by_on=today + timedelta(days=31),
        details_due_on=today + timedelta(days=38),
    )
    ask_questions(tools.session, event)
    stop = add_stop(
        tools.session,
        event,
        1,
        place_ar="خنيفرة",
        place_fr="Khénifra",
        venue_ar="ساحة 20 غشت",
        venue_fr="Place du 20 août",
        province_code="05.301",
        starts_on=today + timedelta(days=45),
        ends_on=today + timedelta(days=51),
    )
    stands = tools.crowd.build_stands(stop, 160)
    plan = (
        [(State.ACCEPTED, None)] * 60
        + [(State.INCOMPLETE, "missing_document")] * 24
        + [(State.WAITLISTED, "sector_full")] * 40
        + [(State.REFUSED, "outside_call")] * 6
        + [(State.UNDER_REVIEW, None)] * 30
        + [(State.RECEIVED, None)] * 80
    )
    parties = _file(tools, event, [stop], plan, now)
    for party, (stand_id, _) in zip(parties[:40], stands, strict=False):
        tools.crowd.allocate(party, stand_id, stop, now - timedelta(hours=2))
        tools.crowd.badge(event, party, valid=(stop.starts_on, stop.ends_on), at=now - timedelta(hours=1))
    return event


def _load_tour(tools: Tools, now: datetime, today: date) -> Event:
    event = new_event(
        tools.session,
        now=now,
        kind=EventKind.MOBILE_MARKET,
        slug="atlas-tour",
        region_code="05",
        title_ar="السوق المتنقل للأطلس المتوسط",
        title_fr="Marché mobile du Moyen Atlas",
        title_en="Mobile market of the Middle Atlas",
        published_at=now,
        registration_opens_on=today - timedelta(days=7),
        registration_closes_on=today + timedelta(days=7),
        answer_by_on=today + timedelta(days=18),
    )
    stops = [
        add_stop(
            tools.session,
            event,
            position,
            place_ar=ar,
            place_fr=fr,
            province_code=province,
            starts_on=today + timedelta(days=offset),
            ends_on=today + timedelta(days=offset + length - 1),
        )
        for position, (ar, fr, province, offset, length) in enumerate(TOUR, 1)
    ]
    for stop in stops:
        tools.crowd.build_stands(stop, 40)
    _file(tools, event, stops, [(State.RECEIVED, None)] * 62 + [(State.UNDER_REVIEW, None)] * 9, now)
    return event


def _file(
    tools: Tools,
    event: Event,
    stops: Sequence[Stop],
    plan: Sequence[tuple[RegistrationState, str | None]],
    now: datetime,
) -> list[Party]:
    parties = []
    for member, (end, reason) in zip(tools.directory.draw(event.region_code, len(plan)), plan, strict=True):
        filed = now - timedelta(hours=tools.random.randint(60, 160))
        states: list[tuple[datetime, RegistrationState, str | None]] = [(filed, State.RECEIVED, None)]
        if end is not State.RECEIVED:
            states.append((filed + timedelta(hours=tools.random.randint(2, 48)), end, reason))
        asked = [stop for stop in stops if len(stops) == 1 or tools.random.random() < 0.7] or [stops[0]]
        parties.append(tools.crowd.file(event, asked, member, states))
    tools.crowd.name_people(parties, people=2 * len(parties), women=round(1.1 * len(parties)))
    return parties


def _load_tiznit(tools: Tools, now: datetime, today: date) -> tuple[Event, Stop, int]:
    starts = today - timedelta(days=2)
    event = new_event(
        tools.session,
        now=now - timedelta(days=60),
        kind=EventKind.FAIR,
        slug="tiznit-live",
        region_code="09",
        title_ar="المعرض الجهوي للصناعة التقليدية والمنتوجات المجالية بتزنيت",
        title_fr="Foire régionale de l’artisanat et des produits du terroir de Tiznit",
        title_en="Regional fair of crafts and territorial products in Tiznit",
        edition=3,
        published_at=now - timedelta(days=60),
        registration_opens_on=starts - timedelta(days=50),
        registration_closes_on=starts - timedelta(days=25),
        answer_by_on=starts - timedelta(days=15),
    )
    stop = add_stop(
        tools.session,
        event,
        1,
        place_ar="تزنيت",
        place_fr="Tiznit",
        venue_ar="ساحة المشور",
        venue_fr="Place du Méchouar",
        province_code="09.581",
        starts_on=starts,
        ends_on=today + timedelta(days=4),
    )
    parties = _accept_all(tools, event, stop, 99, starts)
    stands = tools.crowd.build_stands(stop, 96)
    allocated = from_local(starts - timedelta(days=10), time(11))
    for place, party in enumerate(parties):
        stand_id = stands[place % len(stands)][0]
        tools.crowd.allocate(party, stand_id, stop, allocated, share=1 + place // len(stands))
        tools.crowd.badge(event, party, valid=(stop.starts_on, stop.ends_on), at=allocated)
    _admit(tools, event, stop, parties, now)
    _trade(tools, event, stop, parties[: len(stands)], now)
    holder = next(party for party, (_, code) in zip(parties, stands, strict=False) if code == FULL_STAND)
    return event, stop, holder.member.id


def _accept_all(tools: Tools, event: Event, stop: Stop, count: int, starts: date) -> list[Party]:
    filed = from_local(starts - timedelta(days=40), time(10))
    decided = from_local(starts - timedelta(days=18), time(15))
    drawn = tools.directory.draw(event.region_code, count + 22)
    parties = [
        tools.crowd.file(
            event, [stop], member, [(filed, State.RECEIVED, None), (decided, State.ACCEPTED, None)]
        )
        for member in drawn[:count]
    ]
    for member in drawn[count:]:
        tools.crowd.file(
            event, [stop], member, [(filed, State.RECEIVED, None), (decided, State.WAITLISTED, "sector_full")]
        )
    tools.crowd.name_people(parties, people=2 * count, women=round(1.12 * count))
    return parties


def _admit(tools: Tools, event: Event, stop: Stop, parties: Sequence[Party], now: datetime) -> None:
    absent = set(range(20, 25))  # five that do not come on the first day
    day = stop.starts_on
    while day <= local_date(now):
        for place, party in enumerate(parties):
            if place in absent and day == stop.starts_on:
                continue
            for person in party.people[: 2 if tools.random.random() < 0.8 else 1]:
                tools.crowd.scan(event, stop, person, day, until=now)
        day += timedelta(days=1)


def _trade(tools: Tools, event: Event, stop: Stop, parties: Sequence[Party], now: datetime) -> None:
    """Sell on each day begun; late, corrected, outlying and silent stands as the module says."""
    market = Market(event.id, stop.id, (3, 9))
    late, corrected, outlier, silent = 30, 31, 32, 33
    day = stop.starts_on
    while day <= local_date(now):
        closed = day < local_date(now)
        for place, party in enumerate(parties):
            if place == silent or (closed and tools.random.random() < 0.12):
                continue
            seller = Seller(party.stand_id, party.id, party.member.sector, (day,))
            received = now - timedelta(hours=1) if place == late else None
            total, count = _sell_day(tools, market, seller, day, now, 9 if place == outlier else 1, received)
            takings = None
            if closed and tools.random.random() < 0.6:
                if place == corrected:
                    tools.ledger.report(market, seller, day, total + 15_000, ReportSource.TILL)
                takings = total
                tools.ledger.report(market, seller, day, takings, ReportSource.TILL)
            if count or takings is not None:
                tools.ledger.total(market, seller, day, {seller.sector: (count, total)}, takings)
        day += timedelta(days=1)


def _sell_day(
    tools: Tools,
    market: Market,
    seller: Seller,
    day: date,
    now: datetime,
    factor: int,
    received_at: datetime | None,
) -> tuple[int, int]:
    total = count = 0
    opens = from_local(day, time(10))
    for _ in range(tools.random.randint(*market.sales_a_day) * factor):
        sold_at = opens + timedelta(seconds=tools.random.randint(0, 11 * 3600 - 1))
        if sold_at > now - timedelta(minutes=5):
            continue
        amount = tools.random.randint(4, 60) * 500 * factor
        tools.ledger.sale(market, seller, sold_at, day, amount, received_at)
        total, count = total + amount, count + 1
    return total, count

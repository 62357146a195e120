"""The events of 2021–2025: 20 regional fairs and 16 stops of mobile markets.

Every row of the data files becomes one edition; sums are those of the files, to the centime.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from random import Random

from sqlalchemy.orm import Session

from fairapp.demo.directory import Directory
from fairapp.demo.ledger import CLOSES, OPENS, Ledger, Market, Seller
from fairapp.demo.names import read
from fairapp.demo.people import Crowd, Party
from fairapp.demo.writer import Writer
from fairapp.events.domain import EventKind, EventLevel, QuotaKind
from fairapp.events.models import Event, Quota, Stop
from fairapp.events.services.calls import give_default_call
from fairapp.foundation.clock import from_local
from fairapp.foundation.text import fold
from fairapp.reference.queries import regions
from fairapp.registrations.domain import Gender, RegistrationState
from fairapp.workshops.models import Attendance, Workshop

State = RegistrationState
ELIGIBILITY = {
    "ar": "التعاونيات واتحاداتها، والجمعيات، والمجموعات ذات النفع الاقتصادي، والمقاولون الذاتيون، "
    "بمنتوج محلي من صنعهم.",
    "fr": "Coopératives et leurs unions, associations, groupements d’intérêt économique, "
    "auto-entrepreneurs, avec un produit local de leur fabrication.",
    "en": "Cooperatives and their unions, associations, economic interest groups and self-employed people, "
    "with a local product of their own making.",
}
TRAININGS = (
    ("التسويق الرقمي", "Marketing numérique", "Digital marketing"),
    ("حكامة التعاونيات", "Gouvernance des coopératives", "Governance of cooperatives"),
    ("السلامة الصحية للمنتوجات", "Sécurité sanitaire des produits", "Food safety"),
    ("التمويل والتدبير المالي", "Financement et gestion", "Finance and management"),
)
SINGLE_SALES = "RF-13"  # the edition loaded with each single sale
REFUSED_SHARE, WITHDRAWN_SHARE, ABSENT_SHARE = 0.28, 0.03, 0.03
COVERAGES = (0.97, 0.93, 0.88, 0.82, 0.74)  # share of stand-days reported, by edition


@dataclass(frozen=True, slots=True)
class Tools:
    """What writes the parts of an event."""

    session: Session
    writer: Writer
    random: Random
    directory: Directory
    crowd: Crowd
    ledger: Ledger


def new_event(
    session: Session, *, now: datetime, kind: EventKind, slug: str, region_code: str, **values: object
) -> Event:
    """Add a published demonstration event with the usual call, without stops."""
    where = regions()[region_code]
    event = Event(
        slug=slug,
        kind=kind,
        level=EventLevel.REGIONAL,
        region_code=region_code,
        eligibility_ar=ELIGIBILITY["ar"],
        eligibility_fr=ELIGIBILITY["fr"],
        eligibility_en=ELIGIBILITY["en"],
        organizer_ar=f"مجلس جهة {where.name_ar}",
        organizer_fr=f"Conseil de la région {where.name_fr}",
        organizer_phone="+212500000000",
        most_representatives=2,
        stands_per_stop=1,
        is_demonstration=True,
        created_at=now,
        **values,
    )
    session.add(event)
    session.flush()
    give_default_call(session, event=event)
    session.add(Quota(event_id=event.id, kind=QuotaKind.WOMEN_LED, target="", least_percent=50))
    return event


def add_stop(session: Session, event: Event, position: int, **values: object) -> Stop:
    """Add a stop with the usual hours."""
    stop = Stop(
        event_id=event.id,
        position=position,
        code=f"S{position}",
        opens_at=OPENS,
        closes_at=CLOSES,
        **values,
    )
    session.add(stop)
    session.flush()
    return stop


def load_fairs(tools: Tools) -> list[Event]:
    """Load the regional fairs."""
    return [_load_fair(tools, row, place) for place, row in enumerate(read("demo_regional_fairs.csv"))]


def _load_fair(tools: Tools, row: dict[str, str], place: int) -> Event:
    start, end = date.fromisoformat(row["start"]), date.fromisoformat(row["end"])
    where = regions()[row["region_code"]]
    opened = from_local(start - timedelta(days=75), time(9))
    event = new_event(
        tools.session,
        now=opened,
        kind=EventKind.FAIR,
        slug=f"{fold(row['city_fr']).replace(' ', '-')}-{start.year}",
        region_code=row["region_code"],
        title_ar=f"المعرض الجهوي للاقتصاد الاجتماعي والتضامني، {where.name_ar}",
        title_fr=f"Foire régionale de l’économie sociale et solidaire, {where.name_fr}",
        title_en=f"Regional fair of the social and solidarity economy, {where.name_en}",
        edition=int(row["edition"]),
        published_at=opened,
        **_window(start),
    )
    stop = add_stop(
        tools.session,
        event,
        1,
        place_ar=row["city_ar"],
        place_fr=row["city_fr"],
        venue_ar=row["venue_ar"] or None,
        venue_fr=None,
        province_code=row["province_code"],
        starts_on=start,
        ends_on=end,
        visitors=int(row["visitors"]),
        edition_code=row["code"],
    )
    parties = _fill(tools, event, [stop], int(row["cooperatives"]))
    tools.crowd.name_people(parties, people=int(row["exhibitors"]), women=int(row["women_exhibitors"]))
    _place(tools, event, stop, parties, tools.crowd.build_stands(stop, len(parties)))
    _sell(tools, event, stop, parties, row, COVERAGES[place % len(COVERAGES)])
    train(tools, event, stop, trained=int(row["trained"]), women=int(row["trained_women"]))
    return event


def load_markets(tools: Tools) -> list[Event]:
    """Load the mobile markets: rows of one series are the stops of one event."""
    rows = sorted(
        read("demo_mobile_markets.csv"), key=lambda row: (row["series_code"], row["start"], row["code"])
    )
    return [
        _load_market(tools, series, list(stops))
        for series, stops in groupby(rows, key=lambda row: row["series_code"])
    ]


def _load_market(tools: Tools, series: str, rows: Sequence[dict[str, str]]) -> Event:
    start = min(date.fromisoformat(row["start"]) for row in rows)
    where = regions()[rows[0]["organizing_region_code"]]
    opened = from_local(start - timedelta(days=75), time(9))
    event = new_event(
        tools.session,
        now=opened,
        kind=EventKind.MOBILE_MARKET,
        slug=series.lower(),
        series_code=series,
        region_code=where.code,
        title_ar=f"السوق المتنقل للاقتصاد الاجتماعي والتضامني، {where.name_ar}",
        title_fr=f"Marché mobile de l’économie sociale et solidaire, {where.name_fr}",
        title_en=f"Mobile market of the social and solidarity economy, {where.name_en}",
        published_at=opened,
        **_window(start),
    )
    stops = [
        add_stop(
            tools.session,
            event,
            position,
            place_ar=row["city_ar"],
            place_fr=row["city_fr"],
            province_code=row["province_code"],
            starts_on=date.fromisoformat(row["start"]),
            ends_on=date.fromisoformat(row["end"]),
            edition_code=row["code"],
        )
        for position, row in enumerate(rows, 1)
    ]
    # One draw for the whole series: a cooperative registers for an event once. Each takes part
    # in one stop, so that the published numbers of the stops stay what they are.
    drawn = iter(_fill(tools, event, stops, sum(_size(row) for row in rows), rows=rows))
    for stop, row in zip(stops, rows, strict=True):
        parties = [next(drawn) for _ in range(_size(row))]
        tools.crowd.name_people(parties, people=int(row["exhibitors"]), women=int(row["women_exhibitors"]))
        phases = int(row["phases"])
        stands = tools.crowd.build_stands(stop, -(-len(parties) // phases))
        _place(tools, event, stop, parties, stands)
    return event


def _size(row: dict[str, str]) -> int:
    return int(row["cooperatives"])


def _window(start: date) -> dict[str, date]:
    return {
        "registration_opens_on": start - timedelta(days=60),
        "registration_closes_on": start - timedelta(days=30),
        "answer_by_on": start - timedelta(days=20),
    }


def _fill(
    tools: Tools, event: Event, stops: Sequence[Stop], count: int, rows: Sequence[dict[str, str]] = ()
) -> list[Party]:
    """File the accepted, and beside them the refused and the withdrawn; return the accepted."""
    refused, withdrawn = round(count * REFUSED_SHARE), round(count * WITHDRAWN_SHARE)
    drawn = tools.directory.draw(event.region_code, count + refused + withdrawn)
    stop_of_each = [stop for stop, row in zip(stops, rows, strict=False) for _ in range(_size(row))]
    accepted = []
    for place, member in enumerate(drawn):
        asked = [stop_of_each[place]] if place < len(stop_of_each) else [stops[0]]
        end, reason = State.ACCEPTED, None
        if place >= count:
            end, reason = (
                (State.REFUSED, "rank") if place < count + refused else (State.WITHDRAWN, "withdrawn")
            )
        party = tools.crowd.file(event, asked, member, _states(tools, event, end, reason))
        if end is State.ACCEPTED:
            accepted.append(party)
    return accepted


def _states(
    tools: Tools, event: Event, end: RegistrationState, reason: str | None
) -> list[tuple[datetime, RegistrationState, str | None]]:
    opens, closes = event.registration_opens_on, event.registration_closes_on
    assert opens is not None and closes is not None  # noqa: PT018 - set by _window
    filed = from_local(
        opens + timedelta(days=tools.random.randint(0, 29)), time(tools.random.randint(8, 20), 15)
    )
    decided = from_local(closes + timedelta(days=tools.random.randint(2, 8)), time(15))
    return [(filed, State.RECEIVED, None), (decided, end, reason)]


def _place(
    tools: Tools, event: Event, stop: Stop, parties: Sequence[Party], stands: Sequence[tuple[int, str]]
) -> None:
    """Give each a stand, in phases when there are fewer stands than cooperatives; badge and admit."""
    phases = -(-len(parties) // len(stands))
    length = ((stop.ends_on - stop.starts_on).days + 1) // phases
    allocated = from_local(stop.starts_on - timedelta(days=12), time(11))
    for place, party in enumerate(parties):
        phase = place // len(stands)
        first = stop.starts_on + timedelta(days=phase * length)
        last = stop.ends_on if phase == phases - 1 else first + timedelta(days=length - 1)
        until = None if phase == phases - 1 else from_local(last + timedelta(days=1), time(8))
        tools.crowd.allocate(party, stands[place % len(stands)][0], stop, allocated, until=until)
        tools.crowd.badge(event, party, valid=(first, last), at=allocated + timedelta(hours=1))
        if tools.random.random() >= ABSENT_SHARE:
            for person in party.people:
                tools.crowd.scan(event, stop, person, first)


def _sell(
    tools: Tools, event: Event, stop: Stop, parties: Sequence[Party], row: dict[str, str], coverage: float
) -> None:
    days = [stop.starts_on + timedelta(days=n) for n in range((stop.ends_on - stop.starts_on).days + 1)]
    sellers = []
    for party in parties:
        reported = tuple(day for day in days if tools.random.random() < coverage)
        if reported:
            sellers.append(Seller(party.stand_id, party.id, party.member.sector, reported))
    single = row["code"] == SINGLE_SALES
    market = Market(event.id, stop.id, (30, 90) if single else (1, 3))
    tools.ledger.sell(market, sellers, int(row["turnover_mad"]) * 100)


def train(tools: Tools, event: Event, stop: Stop, *, trained: int, women: int) -> None:
    """Hold workshops that so many different people attend, some of them two."""
    workshops = []
    for number, (title_ar, title_fr, title_en) in enumerate(TRAININGS, 1):
        starts = from_local(stop.starts_on + timedelta(days=1 + number % 3), time(15))
        workshops.append(
            tools.writer.add(
                Workshop,
                event_id=event.id,
                stop_id=stop.id,
                code=f"W{number}",
                title_ar=title_ar,
                title_fr=title_fr,
                title_en=title_en,
                starts_at=starts,
                ends_at=starts + timedelta(hours=2),
            )
        )
    for number, gender in enumerate(_genders(trained, women)):
        attended = tools.random.sample(workshops, 2 if tools.random.random() < 0.15 else 1)
        for workshop in attended:
            tools.writer.add(
                Attendance,
                id=uuid.UUID(int=tools.random.getrandbits(128), version=4),
                workshop_id=workshop,
                representative_id=None,
                person_key=f"{event.slug}-{number}",
                name=None,
                gender=gender,
                recorded_at=from_local(stop.starts_on + timedelta(days=1), time(15, 5)),
            )


def _genders(people: int, women: int) -> Iterable[Gender]:
    yield from (Gender.WOMAN for _ in range(women))
    yield from (Gender.MAN for _ in range(people - women))

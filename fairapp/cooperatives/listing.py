"""The directory page by page: searched in any spelling, narrowed by filters, counted behind each."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import (
    ColumnElement,
    Integer,
    Text,
    and_,
    cast,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from fairapp.cooperatives.domain import ICE_DIGITS, words_key
from fairapp.cooperatives.duplicates import suspected_ids
from fairapp.cooperatives.models import (
    Cooperative,
    CooperativeSector,
    Membership,
    Network,
    Programme,
    Support,
)
from fairapp.cooperatives.queries import IS_OFFERED, holds_on
from fairapp.foundation.ids import parse_reference
from fairapp.foundation.text import clean, fold, normalize_phone, western_digits
from fairapp.reference.queries import provinces_of, region_of, subsectors_of

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class DirectoryFilters:
    """What the list is narrowed to; None and False narrow nothing. Codes are those of the lists."""

    text: str = ""
    legal_kind: str | None = None
    region: str | None = None
    province: str | None = None
    sector: str | None = None
    women_led: bool = False
    rural: bool = False
    programme: str | None = None
    network: str | None = None
    duplicates: bool = False


@dataclass(frozen=True, slots=True)
class DirectoryPage:
    """One page of cooperatives with their sectors, and how many there are."""

    items: Sequence[Cooperative]
    page: int
    pages: int
    total: int


@dataclass(slots=True)
class DirectoryCounts:
    """How many cooperatives there are behind each filter, the other filters kept.

    Of sectors, programmes and networks only while none of the same kind is chosen.
    """

    legal_kinds: Counter[str] = field(default_factory=Counter)
    regions: Counter[str] = field(default_factory=Counter)
    provinces: Counter[str] = field(default_factory=Counter)
    sectors: Counter[str] = field(default_factory=Counter)
    programmes: Counter[str] = field(default_factory=Counter)
    networks: Counter[str] = field(default_factory=Counter)
    women_led: int = 0
    rural: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class _Group:
    """Cooperatives that are alike in what is counted; `id` of a single one."""

    legal_kind: str
    province: str
    women_led: bool
    rural: bool
    count: int = 1
    id: int = 0


_DIMENSIONS = (Cooperative.legal_kind, Cooperative.province_code, Cooperative.women_led, Cooperative.rural)


def read_directory(
    session: Session, *, filters: DirectoryFilters, on: date, page: int = 1
) -> tuple[DirectoryPage, DirectoryCounts]:
    """Return one page of the directory, by name, and what is behind each filter.

    At most seven queries; what is expensive (search, duplicates) is asked once.
    """
    suspected = suspected_ids(session) if filters.duplicates else None
    base = _searched(session, filters, suspected, on=on)
    groups = _single(session, base) if base else _grouped(session)
    checks = _checks(filters)
    counts = _counts(groups, checks)
    ids = [group.id for group in groups if all(check(group) for check in checks.values())] if base else None
    conditions = [*_of_dimensions(filters), *base]
    narrowed = _Narrowed(conditions, ids)
    if not filters.sector:
        counts.sectors = _count_sectors(session, narrowed)
    if not filters.programme:
        counts.programmes = _count_programmes(session, narrowed, on)
    if not filters.network:
        counts.networks = _count_networks(session, narrowed, on)
    return _page(session, [IS_OFFERED, *conditions], page=page, total=counts.total), counts


def _page(
    session: Session, conditions: Sequence[ColumnElement[bool]], *, page: int, total: int
) -> DirectoryPage:
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), pages)
    query = (
        select(Cooperative)
        .options(selectinload(Cooperative.sectors))
        .where(*conditions)
        .order_by(Cooperative.name_key, Cooperative.id)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    )
    items = session.scalars(query).all() if total else ()
    return DirectoryPage(items=items, page=page, pages=pages, total=total)


def _grouped(session: Session) -> list[_Group]:
    """Count the whole directory by one scan of an index."""
    query = select(*_DIMENSIONS, func.count()).where(IS_OFFERED).group_by(*_DIMENSIONS)
    return [
        _Group(row[0], row[1], bool(row[2]), bool(row[3]), count=row[4]) for row in session.execute(query)
    ]


def _single(session: Session, base: Sequence[ColumnElement[bool]]) -> list[_Group]:
    query = select(*_DIMENSIONS, Cooperative.id).where(IS_OFFERED, *base)
    return [_Group(row[0], row[1], bool(row[2]), bool(row[3]), id=row[4]) for row in session.execute(query)]


_Checks = Mapping[str, Callable[[_Group], bool]]


def _checks(filters: DirectoryFilters) -> _Checks:
    checks: _Checks = {
        "legal_kind": lambda group: filters.legal_kind in (None, group.legal_kind),
        "region": lambda group: filters.region in (None, region_of(group.province)),
        "province": lambda group: filters.province in (None, group.province),
        "women_led": lambda group: not filters.women_led or group.women_led,
        "rural": lambda group: not filters.rural or group.rural,
    }
    return {name: check for name, check in checks.items() if getattr(filters, name)}


def _counts(groups: Sequence[_Group], checks: _Checks) -> DirectoryCounts:
    """Count behind each filter, whatever is chosen of its own kind."""
    counts = DirectoryCounts()
    for group in groups:
        failed = {name for name, check in checks.items() if not check(group)}
        if failed <= {"legal_kind"}:
            counts.legal_kinds[group.legal_kind] += group.count
        if failed <= {"region", "province"}:
            counts.regions[region_of(group.province) or ""] += group.count
        if failed <= {"province"}:
            counts.provinces[group.province] += group.count
        if group.women_led and failed <= {"women_led"}:
            counts.women_led += group.count
        if group.rural and failed <= {"rural"}:
            counts.rural += group.count
        if not failed:
            counts.total += group.count
    return counts


@dataclass(frozen=True, slots=True)
class _Narrowed:
    """The cooperatives that the filters leave: conditions on them, and their ids where they are known."""

    conditions: Sequence[ColumnElement[bool]]
    ids: Sequence[int] | None

    def condition(self, session: Session, column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """Return the condition that a column names one of them."""
        if self.ids is not None:
            return _is_among(session, column, self.ids)
        if self.conditions:
            return column.in_(select(Cooperative.id).where(IS_OFFERED, *self.conditions))
        # Nearly all of them: to leave out the few merged ones is quicker.
        return column.not_in(select(Cooperative.id).where(Cooperative.merged_into_id.is_not(None)))


def _is_among(
    session: Session, column: InstrumentedAttribute[int], ids: Sequence[int]
) -> ColumnElement[bool]:
    """Return the condition that a column holds one of these ids; however many, they are one parameter."""
    if session.get_bind().dialect.name == "sqlite":
        given = literal(json.dumps(list(ids)), Text)
        return column.in_(select(cast(func.json_each(given).table_valued("value").c.value, Integer)))
    return column == func.any(literal(list(ids), ARRAY(Integer)))


def _count_sectors(session: Session, narrowed: _Narrowed) -> Counter[str]:
    query = (
        select(CooperativeSector.sector_code, func.count())
        .where(narrowed.condition(session, CooperativeSector.cooperative_id))
        .group_by(CooperativeSector.sector_code)
    )
    return Counter({row[0]: row[1] for row in session.execute(query)})


def _count_programmes(session: Session, narrowed: _Narrowed, on: date) -> Counter[str]:
    query = (
        select(Programme.code, func.count(Support.cooperative_id.distinct()))
        .join(Support, Support.programme_id == Programme.id)
        .where(holds_on(Support, on), narrowed.condition(session, Support.cooperative_id))
        .group_by(Programme.code)
    )
    return Counter({row[0]: row[1] for row in session.execute(query)})


def _count_networks(session: Session, narrowed: _Narrowed, on: date) -> Counter[str]:
    query = (
        select(Network.code, func.count(Membership.cooperative_id.distinct()))
        .join(Membership, Membership.network_id == Network.id)
        .where(holds_on(Membership, on), narrowed.condition(session, Membership.cooperative_id))
        .group_by(Network.code)
    )
    return Counter({row[0]: row[1] for row in session.execute(query)})


def _of_dimensions(filters: DirectoryFilters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool] | None] = [
        Cooperative.legal_kind == filters.legal_kind if filters.legal_kind else None,
        _in_region(filters.region) if filters.region else None,
        Cooperative.province_code == filters.province if filters.province else None,
        Cooperative.women_led.is_(True) if filters.women_led else None,
        Cooperative.rural.is_(True) if filters.rural else None,
    ]
    return [condition for condition in wanted if condition is not None]


def _searched(
    session: Session, filters: DirectoryFilters, suspected: Sequence[int] | None, *, on: date
) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool] | None] = [
        _works_in(filters.sector) if filters.sector else None,
        _is_supported(filters.programme, on) if filters.programme else None,
        _is_member(filters.network, on) if filters.network else None,
        _is_among(session, Cooperative.id, suspected) if suspected is not None else None,
        _is_found(filters.text) if clean(filters.text) else None,
    ]
    return [condition for condition in wanted if condition is not None]


def _in_region(region: str) -> ColumnElement[bool]:
    return Cooperative.province_code.in_([entry.code for entry in provinces_of(region)])


def _works_in(sector: str) -> ColumnElement[bool]:
    codes = [sector, *(entry.code for entry in subsectors_of(sector))]
    return Cooperative.id.in_(
        select(CooperativeSector.cooperative_id).where(CooperativeSector.sector_code.in_(codes))
    )


def _is_supported(programme: str, on: date) -> ColumnElement[bool]:
    return Cooperative.id.in_(
        select(Support.cooperative_id)
        .join(Programme, Programme.id == Support.programme_id)
        .where(Programme.code == programme, holds_on(Support, on))
    )


def _is_member(network: str, on: date) -> ColumnElement[bool]:
    return Cooperative.id.in_(
        select(Membership.cooperative_id)
        .join(Network, Network.id == Membership.network_id)
        .where(Network.code == network, holds_on(Membership, on))
    )


def _is_found(text: str) -> ColumnElement[bool]:
    """Return the condition that a code, a phone, a number or a name fits what was typed.

    All words of a name must be found, in any order and spelling; words for the kind of body do not count.
    """
    typed = western_digits(clean(text))
    ways: list[ColumnElement[bool]] = []
    if code := parse_reference(typed):
        ways.append(Cooperative.code == code)
    if phone := normalize_phone(typed):
        ways.append(Cooperative.phone == phone)
    bare = "".join(typed.split())
    if bare.isdigit() and len(bare) == ICE_DIGITS:
        ways.append(Cooperative.ice == bare)
    if any(sign.isdigit() for sign in typed):
        ways.append(Cooperative.register_number == typed)
    words = words_key(typed).split() or fold(typed).split()
    # A single letter is in every name; beside a longer word it narrows nothing.
    if telling := [word for word in words if len(word) > 1 or word.isdigit()] or words:
        ways.append(and_(*(_has_word(word) for word in telling)))
    return or_(*ways) if ways else false()


def _has_word(word: str) -> ColumnElement[bool]:
    return or_(
        Cooperative.words_ar.contains(word, autoescape=True),
        Cooperative.words_fr.contains(word, autoescape=True),
    )

"""The pool of invented cooperatives from which events draw."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from fairapp.cooperatives.domain import stored_keys
from fairapp.cooperatives.models import Cooperative, CooperativeSector
from fairapp.demo.names import cooperative_name
from fairapp.demo.writer import Writer
from fairapp.foundation.ids import new_reference
from fairapp.reference.queries import Entry, provinces_of, regions

IN_A_REGION = 330
FROM_ELSEWHERE = 0.3  # share of an event's cooperatives that come from other regions


@dataclass(frozen=True, slots=True)
class Member:
    """A cooperative of the pool."""

    id: int
    sector: str
    women_led: bool
    region: str
    phone: str


class Directory:
    """Invented cooperatives by region."""

    def __init__(self, writer: Writer, random: Random, *, now: datetime) -> None:
        self._random = random
        self._by_region: dict[str, list[Member]] = defaultdict(list)
        self._phone = 600_000_000
        seen: set[str] = set()
        for region in regions():
            places = provinces_of(region)
            for _ in range(IN_A_REGION):
                self._by_region[region].append(self._invent(writer, random.choice(places), seen, now))

    def _invent(self, writer: Writer, province: Entry, seen: set[str], now: datetime) -> Member:
        random = self._random
        name = cooperative_name(random)
        place_ar, place_fr = province.name_ar, province.name_fr
        name_ar, name_fr = name.ar, name.fr
        if name_ar in seen:
            name_ar, name_fr = f"{name.ar} – {place_ar}", f"{name.fr} – {place_fr}"
        seen.add(name_ar)
        members = random.randint(5, 60)
        women_led = random.random() < 0.48
        women = members if women_led else random.randint(0, members // 2)
        self._phone += random.randint(1, 900)
        phone = f"+212{self._phone}"
        identity = writer.add(
            Cooperative,
            code=new_reference(),
            name_ar=name_ar,
            name_fr=name_fr,
            **stored_keys(name_ar, name_fr),
            legal_kind="cooperative" if random.random() < 0.9 else "association",
            register_court=place_fr,
            register_number=str(random.randint(100, 9_999)),
            ice=None,
            province_code=province.code,
            commune=place_ar,
            douar=None,
            rural=random.random() < 0.7,
            founded_on=date(random.randint(2005, 2020), random.randint(1, 12), 1),
            members=members,
            women_members=women,
            youth_members=random.randint(0, members // 2),
            women_led=women_led,
            phone=phone,
            email=None,
            is_demonstration=True,
            created_at=now,
            created_by_id=None,
        )
        writer.add(CooperativeSector, cooperative_id=identity, sector_code=name.sector)
        return Member(identity, name.sector, women_led, province.parent or "", phone)

    def draw(self, region: str, count: int) -> list[Member]:
        """Return distinct cooperatives, most of them from one region."""
        elsewhere = [member for code, pool in self._by_region.items() if code != region for member in pool]
        outside = round(count * FROM_ELSEWHERE)
        local = self._random.sample(self._by_region[region], min(count - outside, IN_A_REGION))
        drawn = local + self._random.sample(elsewhere, count - len(local))
        self._random.shuffle(drawn)
        return drawn

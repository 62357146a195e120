"""Registrations, representatives, stands, badges and scans of demonstration events."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy.orm import Session

from fairapp.badges.domain import Claim, GateDecision, HolderKind, ScanOutcome
from fairapp.badges.models import Badge, BadgeKey, Scan
from fairapp.badges.signing import sign_claim
from fairapp.demo.directory import Member
from fairapp.demo.names import activity, person_name
from fairapp.demo.writer import Writer
from fairapp.events.models import Event, Stop
from fairapp.foundation.clock import from_local
from fairapp.foundation.ids import new_reference, new_token, reference_number, token_hash
from fairapp.registrations.domain import FilingChannel, Gender, RegistrationState
from fairapp.registrations.models import (
    Registration,
    RegistrationProduct,
    RegistrationSector,
    RegistrationStop,
    Representative,
    StateChange,
)
from fairapp.stands.domain import StandKind
from fairapp.stands.models import Allocation, Stand, Zone

STAND_CM, AISLE_CM, IN_A_ROW = 300, 300, 20
ZONES = (
    ("A", "فضاء المنتجات المجالية", "Pôle produits du terroir", "Territorial products"),
    ("B", "فضاء الصناعة التقليدية", "Pôle artisanat", "Crafts"),
    ("C", "فضاء التجميل والأعشاب", "Pôle cosmétique et plantes", "Cosmetics and herbs"),
    ("D", "فضاء الابتكار", "Pôle innovation", "Innovation"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """A representative with the badge, if one was issued."""

    id: int
    badge_id: int = 0
    code: str = ""


@dataclass(slots=True)
class Party:
    """A registration with its people and its stand, as far as it got."""

    id: int
    member: Member
    people: list[Person] = field(default_factory=list)
    stand_id: int = 0


@dataclass(frozen=True, slots=True)
class BadgeSigner:
    """The key that signs demonstration badges."""

    key_id: int
    private: ec.EllipticCurvePrivateKey


class Crowd:
    """Writes the registrations of events and what follows from them."""

    def __init__(self, session: Session, writer: Writer, random: Random, signer: BadgeSigner) -> None:
        self._session = session
        self._writer = writer
        self._random = random
        self._signer = signer

    def file(
        self,
        event: Event,
        stops: Sequence[Stop],
        member: Member,
        states: Sequence[tuple[datetime, RegistrationState, str | None]],
    ) -> Party:
        """File a registration with its dated states; the last one is its state."""
        random, writer = self._random, self._writer
        phone = member.phone
        identity = writer.add(
            Registration,
            reference=new_reference(),
            event_id=event.id,
            cooperative_id=member.id,
            state=states[-1][1],
            channel=FilingChannel.SELF if random.random() < 0.7 else FilingChannel.DESK,
            filed_by_id=None,
            locale="ar",
            phone=phone,
            email=None,
            stand_width_cm=STAND_CM,
            needs_power=random.random() < 0.35,
            needs_water=random.random() < 0.03,
            needs_step_free=random.random() < 0.05,
            remark=None,
            received_at=states[0][0],
            changed_at=states[-1][0],
        )
        for stop in stops:
            writer.add(RegistrationStop, registration_id=identity, stop_id=stop.id)
        writer.add(RegistrationSector, registration_id=identity, sector_code=member.sector)
        product = activity(member.sector)
        writer.add(
            RegistrationProduct,
            registration_id=identity,
            position=1,
            name=_without_for(product.ar),
            sector_code=member.sector,
        )
        for at, state, reason in states:
            writer.add(
                StateChange,
                registration_id=identity,
                at=at,
                state=state,
                reason_code=reason,
                note=None,
                account_id=None,
            )
        return Party(identity, member)

    def name_people(self, parties: Sequence[Party], *, people: int, women: int) -> None:
        """Name as many people as given, two each as far as they go, with exactly so many women."""
        genders = [Gender.WOMAN] * women + [Gender.MAN] * (people - women)
        self._random.shuffle(genders)
        for place, gender in enumerate(genders):
            party = parties[place % len(parties)]
            identity = self._writer.add(
                Representative,
                registration_id=party.id,
                position=len(party.people) + 1,
                name=person_name(self._random, gender),
                gender=gender,
                phone=None,
            )
            party.people.append(Person(identity))

    def build_stands(self, stop: Stop, count: int) -> list[tuple[int, str]]:
        """Build rows of stands in four zones around aisles; return ids and codes."""
        writer = self._writer
        stands: list[tuple[int, str]] = []
        share = -(-count // len(ZONES))
        y = 0
        for code, name_ar, name_fr, name_en in ZONES:
            zone = writer.add(
                Zone, stop_id=stop.id, code=code, name_ar=name_ar, name_fr=name_fr, name_en=name_en
            )
            for number in range(1, min(share, count - len(stands)) + 1):
                column, row = (number - 1) % IN_A_ROW, (number - 1) // IN_A_ROW
                corner = column in (0, IN_A_ROW - 1)
                identity = writer.add(
                    Stand,
                    stop_id=stop.id,
                    zone_id=zone,
                    code=f"{code}-{number:02d}",
                    kind=StandKind.EXHIBITOR,
                    width_cm=STAND_CM,
                    depth_cm=STAND_CM,
                    x_cm=column * STAND_CM,
                    y_cm=y + row * STAND_CM + row // 2 * AISLE_CM,  # two rows back to back, then an aisle
                    power=column % 5 != 4,
                    water=code == "C" and corner,
                    corner=corner,
                    step_free=row < 2,
                )
                stands.append((identity, f"{code}-{number:02d}"))
            rows = -(-share // IN_A_ROW)
            y += rows * STAND_CM + (rows - 1) // 2 * AISLE_CM + 2 * AISLE_CM
        return stands

    def allocate(
        self,
        party: Party,
        stand_id: int,
        stop: Stop,
        at: datetime,
        *,
        share: int = 1,
        until: datetime | None = None,
    ) -> None:
        """Give a stand, until a moment when it went on to someone else."""
        party.stand_id = stand_id
        self._writer.add(
            Allocation,
            stand_id=stand_id,
            stop_id=stop.id,
            registration_id=party.id,
            share=share,
            reason=None,
            run_id=None,
            allocated_at=at,
            allocated_by_id=None,
            released_at=until,
            released_by_id=None,
            release_reason=None,
        )

    def badge(self, event: Event, party: Party, *, valid: tuple[date, date], at: datetime) -> None:
        """Issue the badges of a party's people, signed as real ones are."""
        badged = []
        for person in party.people:
            short = new_reference()
            claim = Claim(
                event_id=event.id,
                number=reference_number(short),
                holder=HolderKind.EXHIBITOR,
                valid_from_on=valid[0],
                valid_to_on=valid[1],
                key_id=self._signer.key_id,
            )
            code = sign_claim(claim, self._signer.private)
            identity = self._writer.add(
                Badge,
                event_id=event.id,
                registration_id=party.id,
                representative_id=person.id,
                key_id=self._signer.key_id,
                code=code,
                short_code=short,
                token=new_token(),
                valid_from_on=valid[0],
                valid_to_on=valid[1],
                issued_at=at,
                revoked_at=None,
                revoked_by_id=None,
                revocation_reason=None,
            )
            badged.append(Person(person.id, identity, code))
        party.people = badged

    def scan(
        self, event: Event, stop: Stop, person: Person, day: date, *, until: datetime | None = None
    ) -> None:
        """Let a person in on a morning; nothing when that morning is still to come."""
        at = from_local(day, time(8, 30)) + timedelta(seconds=self._random.randint(0, 5400))
        if until is not None and at > until:
            return
        self._writer.add(
            Scan,
            id=uuid.UUID(int=self._random.getrandbits(128), version=4),
            event_id=event.id,
            stop_id=stop.id,
            gate="main",
            badge_id=person.badge_id,
            code_hash=token_hash(person.code),
            day=day,
            scanned_at=at,
            received_at=at + timedelta(seconds=1),
            outcome=ScanOutcome.ADMITTED,
            decided=GateDecision.ADMITTED,
            is_contested=False,
            device_id=None,
            account_id=None,
        )


def _without_for(activity_ar: str) -> str:
    """Return what "for dates" names: the article that Arabic joins to the preposition comes back."""
    if activity_ar.startswith("لل"):
        return "ال" + activity_ar.removeprefix("لل")
    return activity_ar.removeprefix("ل")


def signer_of(session: Session, key: BadgeKey, private: ec.EllipticCurvePrivateKey) -> BadgeSigner:
    """Return the signer of a stored key."""
    session.flush()
    return BadgeSigner(key.id, private)

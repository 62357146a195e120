"""Programmes and networks of demonstration cooperatives, and the products of those who exhibit."""

import re
from collections.abc import Collection
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.cooperatives.domain import stored_keys
from fairapp.cooperatives.models import (
    CatalogueProduct,
    Cooperative,
    CooperativeSector,
    Membership,
    Network,
    Programme,
    Support,
)
from fairapp.demo.names import activity
from fairapp.demo.writer import Writer
from fairapp.foundation.clock import local_date
from fairapp.foundation.ids import new_reference
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.models import Registration, RegistrationProduct

SUPPORTED = 0.18  # share of the cooperatives that a programme supports
IN_THE_UNION = 14
NETWORK = ("شبكة تعاونيات إقليم خنيفرة", "Réseau des coopératives de la province de Khénifra", "05.301")
UNION = ("اتحاد تعاونيات أركان بسوس", "Union des coopératives d’arganier du Souss", "09.581")
LEFT_AFTER_DAYS = 400
_OF = re.compile(r"^(de la |de l’|des |du |de |d’)")
PRICES_MINOR = (2_500, 3_000, 4_500, 6_000, 9_000, 12_000, 18_000, 35_000)


def tie_cooperatives(session: Session, random: Random, *, event_ids: Collection[int], now: datetime) -> int:
    """Give cooperatives their programmes, networks and products; return the id of the union's own entry."""
    writer, today = Writer(session), local_date(now)
    _support(session, writer, random, today, now)
    union = _unite(session, writer, today, now)
    _show_products(session, writer, random, event_ids, now)
    writer.write()
    return union


def _support(session: Session, writer: Writer, random: Random, today: date, now: datetime) -> None:
    programmes = session.scalars(select(Programme.id).order_by(Programme.id)).all()
    for cooperative_id in session.scalars(select(Cooperative.id).order_by(Cooperative.id)):
        if random.random() < SUPPORTED:
            since = today - timedelta(days=random.randint(60, 1_400))
            over = since + timedelta(days=730)
            writer.add(
                Support,
                cooperative_id=cooperative_id,
                programme_id=random.choice(programmes),
                since_on=since,
                until_on=over if over < today else None,
                recorded_at=now,
            )


def _unite(session: Session, writer: Writer, today: date, now: datetime) -> int:
    network_id = _found(writer, NETWORK, None, now)
    body = _union_body(session, now)
    union_id = _found(writer, UNION, body.id, now)
    for found_id, (_, _, province) in ((network_id, NETWORK), (union_id, UNION)):
        members = session.scalars(
            select(Cooperative.id)
            .where(Cooperative.province_code == province, Cooperative.id != body.id)
            .order_by(Cooperative.id)
            .limit(IN_THE_UNION)
        ).all()
        for place, cooperative_id in enumerate(members):
            since = today - timedelta(days=900 - 20 * place)
            has_left = place == 0
            writer.add(
                Membership,
                cooperative_id=cooperative_id,
                network_id=found_id,
                since_on=since,
                until_on=since + timedelta(days=LEFT_AFTER_DAYS) if has_left else None,
                recorded_at=now,
            )
    return body.id


def _found(writer: Writer, names: tuple[str, str, str], body_id: int | None, now: datetime) -> int:
    name_ar, name_fr, province = names
    return writer.add(
        Network,
        code=new_reference(),
        name_ar=name_ar,
        name_fr=name_fr,
        province_code=province,
        body_id=body_id,
        created_at=now,
    )


def _union_body(session: Session, now: datetime) -> Cooperative:
    name_ar, name_fr, province = UNION
    body = Cooperative(
        code=new_reference(),
        name_ar=name_ar,
        name_fr=name_fr,
        **stored_keys(name_ar, name_fr),
        legal_kind="union_of_cooperatives",
        province_code=province,
        commune="تزنيت",
        phone="+212528600100",
        is_demonstration=True,
        created_at=now,
    )
    body.sectors = [CooperativeSector(sector_code="ARG-FOOD")]
    session.add(body)
    session.flush()
    return body


def _show_products(
    session: Session, writer: Writer, random: Random, event_ids: Collection[int], now: datetime
) -> None:
    """Put what the accepted bring into their catalogues, with a price for most."""
    query = (
        select(Registration.cooperative_id, RegistrationProduct.name, RegistrationProduct.sector_code)
        .join(RegistrationProduct, RegistrationProduct.registration_id == Registration.id)
        .where(Registration.event_id.in_(event_ids), Registration.state == RegistrationState.ACCEPTED)
        .order_by(Registration.cooperative_id, RegistrationProduct.position)
        .distinct()
    )
    shown: set[tuple[int, str]] = set()
    for cooperative_id, name, sector in session.execute(query).all():
        if (cooperative_id, sector) in shown:
            continue
        shown.add((cooperative_id, sector))
        writer.add(
            CatalogueProduct,
            code=new_reference(),
            cooperative_id=cooperative_id,
            position=1,
            name_ar=name,
            name_fr=_without_of(activity(sector).fr),
            sector_code=sector,
            price_minor=random.choice(PRICES_MINOR) if random.random() < 0.8 else None,
            unit=None,
            photo_id=None,
            is_public=True,
            created_at=now,
            removed_at=None,
        )


def _without_of(activity_fr: str) -> str:
    """Return what "de dattes" names: "Dattes"."""
    bare = _OF.sub("", activity_fr)
    return bare[:1].upper() + bare[1:]

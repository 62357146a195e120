"""The committee of `khenifra-fair`: three reviewers, whom each may judge, and scores given so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.accounts.models import RoleGrant
from fairapp.accounts.services.people import create_account
from fairapp.audit.domain import SYSTEM, Role, ScopeKind
from fairapp.cooperatives.models import Cooperative
from fairapp.demo.writer import Writer
from fairapp.events.domain import CriterionSource, QuestionKind, QuestionPhase, QuotaKind
from fairapp.events.models import Capacity, Criterion, Event, Question, Quota
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.models import Registration
from fairapp.selection.models import Assignment, Reviewer, Score

PLACES = 160
# Beside half of the places for cooperatives led by women, which every demonstration event keeps.
QUOTAS = ((QuotaKind.FIRST_TIME, 30), (QuotaKind.RURAL, 40))
DRAW_SEED = "khenifra 2026-5"
REVIEWS_EACH = 2
SCORED = 0.8  # share of the assignments that are done
MEMBERS = (("reviewer", "أمينة الوردي"), ("reviewer2", "حسن بوعزة"), ("reviewer3", "كريمة التازي"))


@dataclass(frozen=True, slots=True)
class _File:
    """A registration that waits for the committee."""

    id: int
    commune: str
    province_code: str


def seat_committee(
    session: Session, random: Random, *, event: Event, password_hash: str, now: datetime
) -> None:
    """Seat the committee, share the files out, and give most of the scores."""
    event.draw_seed = DRAW_SEED
    event.reviews_wanted = REVIEWS_EACH
    session.add(Capacity(event_id=event.id, stop_code="", sector_code="", places=PLACES))
    for kind, percent in QUOTAS:
        session.add(Quota(event_id=event.id, kind=kind, target="", least_percent=percent))
    files = _files(session, event)
    criteria = session.scalars(
        select(Criterion).where(Criterion.event_id == event.id, Criterion.source == CriterionSource.COMMITTEE)
    ).all()
    reviewers = _reviewers(session, event, files, password_hash, now)
    writer = Writer(session)
    numbers = dict.fromkeys(reviewers, 0)
    for file in files:
        allowed = [identity for identity, commune in reviewers.items() if commune != file.commune]
        for identity in sorted(random.sample(allowed, min(REVIEWS_EACH, len(allowed)))):
            numbers[identity] += 1
            is_done = random.random() < SCORED
            assignment = writer.add(
                Assignment,
                registration_id=file.id,
                reviewer_id=identity,
                number=numbers[identity],
                assigned_at=now - timedelta(days=3),
                scored_at=now - timedelta(hours=random.randint(2, 60)) if is_done else None,
                released_at=None,
                note=None,
            )
            if is_done:
                _score(writer, random, assignment, criteria, now)
    writer.write()


def ask_questions(session: Session, event: Event) -> None:
    """Let the call ask a question of its own of everybody, and one of the accepted."""
    kinds = [
        {"code": "daily", "ar": "كل يوم", "fr": "Chaque jour", "en": "Every day"},
        {"code": "weekly", "ar": "كل أسبوع", "fr": "Chaque semaine", "en": "Every week"},
        {"code": "rarely", "ar": "في المناسبات", "fr": "À l’occasion", "en": "Now and then"},
    ]
    session.add_all(
        (
            Question(
                event_id=event.id,
                code="production",
                position=1,
                phase=QuestionPhase.REGISTRATION,
                kind=QuestionKind.CHOICE,
                title_ar="كم مرة تنتجون؟",
                title_fr="À quelle fréquence produisez-vous ?",
                title_en="How often do you produce?",
                optional=True,
                choices=kinds,
            ),
            Question(
                event_id=event.id,
                code="boxes",
                position=2,
                phase=QuestionPhase.DETAILS,
                kind=QuestionKind.NUMBER,
                title_ar="عدد الصناديق التي ستنقلونها",
                title_fr="Nombre de cartons à transporter",
                title_en="Number of boxes to transport",
                optional=True,
                choices=[],
                least=0,
                most=500,
            ),
        )
    )


def _files(session: Session, event: Event) -> list[_File]:
    query = (
        select(Registration.id, Cooperative.commune, Cooperative.province_code)
        .join(Cooperative, Cooperative.id == Registration.cooperative_id)
        .where(Registration.event_id == event.id, Registration.state != RegistrationState.WITHDRAWN)
        .order_by(Registration.id)
    )
    return [_File(row.id, row.commune, row.province_code) for row in session.execute(query)]


def _reviewers(
    session: Session, event: Event, files: Sequence[_File], password_hash: str, now: datetime
) -> Mapping[int, str]:
    """Return the communes of the reviewers by id; each lives where some of the files come from."""
    homes = sorted({(file.province_code, file.commune) for file in files})
    seated: dict[int, str] = {}
    for place, (name, full_name) in enumerate(MEMBERS):
        account = create_account(
            session,
            actor=SYSTEM,
            name=full_name,
            email=f"{name}@fairapp.example",
            phone=None,
            locale="ar",
            password_hash=password_hash,
            is_demonstration=True,
            now=now,
        )
        session.add(
            RoleGrant(
                account_id=account.id,
                role=Role.REVIEWER,
                scope=ScopeKind.EVENT,
                event_id=event.id,
                granted_at=now,
            )
        )
        province, commune = homes[place % len(homes)]
        reviewer = Reviewer(
            event_id=event.id,
            account_id=account.id,
            province_code=province,
            commune=commune,
            added_at=now - timedelta(days=4),
        )
        session.add(reviewer)
        session.flush()
        seated[reviewer.id] = commune
    return seated


def _score(
    writer: Writer, random: Random, assignment: int, criteria: Sequence[Criterion], now: datetime
) -> None:
    good = random.random()
    for criterion in criteria:
        points = round(criterion.scale * min(1.0, max(0.0, random.gauss(0.35 + 0.4 * good, 0.15))))
        writer.add(
            Score,
            assignment_id=assignment,
            criterion_code=criterion.code,
            points=points,
            given_at=now - timedelta(hours=2),
        )

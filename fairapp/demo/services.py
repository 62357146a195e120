"""Loading the demonstration: invented people and figures whose sums are the published ones."""

from datetime import datetime
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from fairapp.accounts.models import RoleGrant
from fairapp.accounts.services.people import create_account
from fairapp.audit.domain import SYSTEM, Role, ScopeKind
from fairapp.audit.services import record
from fairapp.badges.models import BadgeKey
from fairapp.badges.signing import new_key, public_pem, vault_of
from fairapp.demo.answers import answer_registrations
from fairapp.demo.committee import seat_committee
from fairapp.demo.directory import Directory
from fairapp.demo.history import Tools, load_fairs, load_markets
from fairapp.demo.ledger import Ledger
from fairapp.demo.live import LiveEvents, load_live
from fairapp.demo.papers import hand_in_papers
from fairapp.demo.people import BadgeSigner, Crowd
from fairapp.demo.ties import tie_cooperatives
from fairapp.demo.writer import Writer
from fairapp.events.models import Event

SEED = 2026  # the same names and sums on every machine; references and tokens are truly random


def load_demonstration(
    session: Session, *, settings: Settings, password_hash: str, now: datetime
) -> list[str] | None:
    """Load everything into an empty database; return the slugs of past events, to be published.

    None when events are there already: nothing is touched then.
    """
    if session.scalar(select(Event.id).limit(1)) is not None:
        return None
    random, writer = Random(SEED), Writer(session)  # noqa: S311 - invented data, no secret
    tools = Tools(
        session=session,
        writer=writer,
        random=random,
        directory=Directory(writer, random, now=now),
        crowd=Crowd(session, writer, random, _badge_signer(session, settings, now)),
        ledger=Ledger(writer, random),
    )
    past = load_fairs(tools) + load_markets(tools)
    live = load_live(tools, now=now)
    writer.write()
    union_id = tie_cooperatives(session, random, event_ids=[event.id for event in live.events], now=now)
    _open_accounts(session, live, union_id, password_hash, now)
    seat_committee(session, random, event=live.events[0], password_hash=password_hash, now=now)
    open_for_filing = [event.id for event in live.events[:2]]
    hand_in_papers(session, random, settings=settings, event_ids=open_for_filing, now=now)
    answer_registrations(session, event=live.events[0], public_url=settings.public_url.rstrip("/"), now=now)
    record(session, actor=SYSTEM, action="demo.loaded", subject_type="instance", subject_id=1, now=now)
    return [event.slug for event in past]


def _badge_signer(session: Session, settings: Settings, now: datetime) -> BadgeSigner:
    private = new_key()
    key = BadgeKey(
        private_encrypted=vault_of(settings).close(private), public_pem=public_pem(private), created_at=now
    )
    session.add(key)
    session.flush()
    return BadgeSigner(key.id, private)


def _open_accounts(
    session: Session, live: LiveEvents, union_id: int, password_hash: str, now: datetime
) -> None:
    nation: dict[str, object] = {"scope": ScopeKind.NATION}
    running: dict[str, object] = {"scope": ScopeKind.EVENT, "event_id": live.running.id}
    its_own: dict[str, object] = {
        "scope": ScopeKind.COOPERATIVE,
        "cooperative_id": live.exhibiting_cooperative_id,
    }
    the_union: dict[str, object] = {"scope": ScopeKind.COOPERATIVE, "cooperative_id": union_id}
    each = [{"scope": ScopeKind.EVENT, "event_id": event.id} for event in live.events]
    for name, full_name, role, scopes in (
        ("admin", "نادية بنعلي", Role.ADMINISTRATOR, [nation]),
        ("organizer", "سعيد أمزيان", Role.ORGANIZER, each),
        ("gate", "رشيد أوشن", Role.GATE, [running]),
        ("official", "لطيفة العلوي", Role.OFFICIAL, [nation]),
        ("cooperative", "فاطمة أيت لحسن", Role.COOPERATIVE, [its_own]),
        ("union", "عبد الله إدمبارك", Role.COOPERATIVE, [the_union]),
        ("agent", "يوسف الدرعاوي", Role.DESK_AGENT, [nation]),
    ):
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
        for scope in scopes:
            session.add(RoleGrant(account_id=account.id, role=role, granted_at=now, **scope))
    session.flush()

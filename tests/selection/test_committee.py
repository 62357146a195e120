"""The seed, the committee, conflicts and who reviews what."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.accounts.models import Account, RoleGrant
from fairapp.audit.domain import Actor, Role, ScopeKind
from fairapp.audit.models import AuditEntry
from fairapp.audit.services import verify_chains
from fairapp.cooperatives.models import Membership, Network
from fairapp.events.errors import EventNotFound
from fairapp.events.models import Event
from fairapp.outbox.models import OutboxRow
from fairapp.selection.errors import (
    AlreadyInCommittee,
    CooperativeNotRegistered,
    NameNeeded,
    NetworkUnknown,
    ReviewerNotFound,
    SeedFixed,
    SeedMissing,
)
from fairapp.selection.models import Assignment, ConflictOfInterest, Reviewer
from fairapp.selection.queries.committee import members_of, progress_of
from fairapp.selection.services.committee import (
    Home,
    add_reviewer,
    assign_reviewers,
    change_reviewer,
    declare_conflict,
    plan_assignments,
    publish_seed,
    remove_reviewer,
)
from tests import NOW, TODAY
from tests.factories.accounts import make_account, make_actor
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event
from tests.factories.registrations import make_registration
from tests.factories.selection import make_assignment, make_criterion, make_reviewer

ORGANIZER = make_actor(Role.ORGANIZER, ScopeKind.REGION, region_code="05")


@pytest.fixture
def event(session: Session) -> Event:
    event = make_event(session, slug="fair", draw_seed="seed", reviews_wanted=2)
    make_criterion(session, event)
    return event


def add(session: Session, actor: Actor = ORGANIZER, **overrides: object) -> Reviewer:
    values: dict = {"email": "amina@people.example", "name": "Amina", "locale": "ar", "home": Home()}
    return add_reviewer(session, actor=actor, slug="fair", now=NOW, **(values | overrides))


def pairs(session: Session) -> set[tuple[int, int]]:
    rows = session.execute(
        select(Assignment.registration_id, Assignment.reviewer_id).where(Assignment.released_at.is_(None))
    )
    return {(row[0], row[1]) for row in rows}


def test_a_seed_is_published_and_audited(session: Session) -> None:
    event = make_event(session, slug="fair")
    publish_seed(session, actor=ORGANIZER, slug="fair", seed=" notary 17 ", now=NOW)
    assert event.draw_seed == "notary 17"
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()
    assert entry is not None
    assert (entry.action, entry.chain, entry.details) == (
        "selection.seed_published",
        "event:fair",
        {"seed": "notary 17", "typed": True},
    )
    assert verify_chains(session) == []


def test_a_seed_is_drawn_where_none_is_given(session: Session) -> None:
    event = make_event(session, slug="fair")
    publish_seed(session, actor=ORGANIZER, slug="fair", seed="", now=NOW)
    assert event.draw_seed
    assert len(event.draw_seed) == 9


def test_a_seed_stays_once_a_score_is_given(session: Session, event: Event) -> None:
    make_assignment(
        session, make_reviewer(session, event), make_registration(session, event=event), {"quality": 5}
    )
    with pytest.raises(SeedFixed):
        publish_seed(session, actor=ORGANIZER, slug="fair", seed="better", now=NOW)
    assert event.draw_seed == "seed"


def test_after_scores_a_missing_seed_is_only_drawn(session: Session, event: Event) -> None:
    make_assignment(
        session, make_reviewer(session, event), make_registration(session, event=event), {"quality": 5}
    )
    event.draw_seed = None
    session.flush()
    with pytest.raises(SeedFixed):
        publish_seed(session, actor=ORGANIZER, slug="fair", seed="chosen", now=NOW)
    publish_seed(session, actor=ORGANIZER, slug="fair", seed=None, now=NOW)
    assert event.draw_seed


def test_organizers_of_other_regions_find_nothing(session: Session, event: Event) -> None:
    elsewhere = make_actor(Role.ORGANIZER, ScopeKind.REGION, region_code="01")
    with pytest.raises(EventNotFound):
        publish_seed(session, actor=elsewhere, slug="fair", seed="mine", now=NOW)
    with pytest.raises(EventNotFound):
        add(session, actor=elsewhere)


def test_a_person_without_an_account_is_invited(session: Session, event: Event) -> None:
    reviewer = add(session, home=Home("05.301", " Khénifra "))
    account = session.get_one(Account, reviewer.account_id)
    assert (account.name, account.email, account.password) == ("Amina", "amina@people.example", None)
    assert (reviewer.province_code, reviewer.commune) == ("05.301", "Khénifra")
    grant = session.scalar(select(RoleGrant).filter_by(account_id=account.id))
    assert grant is not None
    assert (grant.role, grant.scope, grant.event_id) == (Role.REVIEWER, ScopeKind.EVENT, event.id)
    tasks = session.scalars(select(OutboxRow.task)).all()
    assert "accounts.send_password_link" in tasks


def test_without_a_name_no_account_is_made(session: Session, event: Event) -> None:
    with pytest.raises(NameNeeded):
        add(session, name="  ")
    assert session.scalar(select(Reviewer)) is None


def test_a_known_account_is_added_once(session: Session, event: Event) -> None:
    account = make_account(session, email="amina@people.example")
    assert add(session, name="").account_id == account.id
    with pytest.raises(AlreadyInCommittee):
        add(session)


def test_an_unknown_network_is_refused(session: Session, event: Event) -> None:
    with pytest.raises(NetworkUnknown):
        add(session, home=Home(network_code="NONE"))


def test_assigning_waits_for_the_seed(session: Session, event: Event) -> None:
    event.draw_seed = None
    session.flush()
    make_reviewer(session, event)
    with pytest.raises(SeedMissing):
        assign_reviewers(session, actor=ORGANIZER, slug="fair", now=NOW)
    assert pairs(session) == set()


def test_files_are_shared_out_and_numbered(session: Session, event: Event) -> None:
    files = [make_registration(session, event=event) for _ in range(4)]
    withdrawn = make_registration(session, event=event, state="withdrawn")
    reviewers = [make_reviewer(session, event) for _ in range(3)]
    preview = plan_assignments(session, event=event, now=NOW)
    plan = assign_reviewers(session, actor=ORGANIZER, slug="fair", now=NOW)
    assert plan == preview
    assert len(pairs(session)) == 8
    assert withdrawn.id not in {registration_id for registration_id, _reviewer in pairs(session)}
    for reviewer in reviewers:
        numbers = session.scalars(
            select(Assignment.number).where(Assignment.reviewer_id == reviewer.id).order_by(Assignment.number)
        ).all()
        assert list(numbers) == list(range(1, len(numbers) + 1))
        assert len(numbers) in (2, 3)
    assert plan_assignments(session, event=event, now=NOW).pairs == ()
    progress = progress_of(session, event=event)
    assert (progress.registrations, progress.assigned, progress.scored) == (len(files), 8, 0)
    assert (progress.unreviewed, progress.full, progress.lacking) == (4, 0, 0)


def test_neighbours_fellows_and_own_cooperatives_are_left_out(session: Session, event: Event) -> None:
    network = Network(code="NET", name_ar="شبكة", name_fr="Réseau", created_at=NOW)
    session.add(network)
    session.flush()
    cooperative = make_cooperative(session, commune="أزرو", province_code="05.301")
    session.add(
        Membership(cooperative_id=cooperative.id, network_id=network.id, since_on=TODAY, recorded_at=NOW)
    )
    file = make_registration(session, event=event, cooperative=cooperative)
    make_reviewer(session, event, commune="ازرو", province_code="05.301")
    make_reviewer(session, event, network_id=network.id)
    member = make_account(session, Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=cooperative.id)
    make_reviewer(session, event, member)
    free = make_reviewer(session, event)
    plan = assign_reviewers(session, actor=ORGANIZER, slug="fair", now=NOW)
    assert (pairs(session), dict(plan.lacking)) == ({(file.id, free.id)}, {file.id: 1})


def test_a_declared_conflict_gives_the_file_to_another(session: Session, event: Event) -> None:
    event.reviews_wanted = 1
    first, second = make_reviewer(session, event), make_reviewer(session, event)
    file = make_registration(session, event=event)
    make_assignment(session, first, file, {"quality": 9})
    declare_conflict(
        session,
        actor=ORGANIZER,
        slug="fair",
        account_code=first.account.code,
        reference=file.reference,
        reason="cousin",
        now=NOW,
    )
    assert pairs(session) == {(file.id, second.id)}
    assert session.scalars(select(ConflictOfInterest.reason)).all() == ["cousin"]


def test_a_conflict_needs_a_registration_of_the_event(session: Session, event: Event) -> None:
    reviewer = make_reviewer(session, event)
    with pytest.raises(CooperativeNotRegistered):
        declare_conflict(
            session,
            actor=ORGANIZER,
            slug="fair",
            account_code=reviewer.account.code,
            reference=make_registration(session).reference,
            reason="cousin",
            now=NOW,
        )


def test_who_is_removed_keeps_scores_given_and_loses_the_rest(session: Session, event: Event) -> None:
    reviewer = make_reviewer(session, event)
    done, open_file = make_registration(session, event=event), make_registration(session, event=event)
    make_assignment(session, reviewer, done, {"quality": 9})
    make_assignment(session, reviewer, open_file)
    code = reviewer.account.code
    remove_reviewer(session, actor=ORGANIZER, slug="fair", account_code=code, now=NOW)
    assert pairs(session) == {(done.id, reviewer.id)}
    grant = session.scalar(select(RoleGrant).filter_by(account_id=reviewer.account_id))
    assert grant is not None
    assert grant.revoked_at == NOW
    assert members_of(session, event_id=event.id) == []
    with pytest.raises(ReviewerNotFound):
        remove_reviewer(session, actor=ORGANIZER, slug="fair", account_code=code, now=NOW)
    # and again in the committee: the same files come back under their numbers
    add(session, email=str(reviewer.account.email))
    assign_reviewers(session, actor=ORGANIZER, slug="fair", now=NOW)
    assert pairs(session) == {(done.id, reviewer.id), (open_file.id, reviewer.id)}


def test_a_new_home_takes_the_files_of_neighbours_away(session: Session, event: Event) -> None:
    reviewer = make_reviewer(session, event)
    near = make_registration(session, event=event, cooperative=make_cooperative(session, commune="Azrou"))
    far = make_registration(session, event=event, cooperative=make_cooperative(session, commune="Midelt"))
    for file in (near, far):
        make_assignment(session, reviewer, file)
    home = Home("05.301", "AZROU")
    change_reviewer(
        session, actor=ORGANIZER, slug="fair", account_code=reviewer.account.code, home=home, now=NOW
    )
    assert pairs(session) == {(far.id, reviewer.id)}


@pytest.mark.parametrize("files", [1, 3])
def test_progress_of_each_member(session: Session, event: Event, files: int) -> None:
    reviewer = make_reviewer(session, event)
    for number in range(files):
        make_assignment(
            session, reviewer, make_registration(session, event=event), {"quality": 5} if number else None
        )
    [member] = members_of(session, event_id=event.id)
    assert (member.assigned, member.scored, member.conflicts) == (files, files - 1, 0)

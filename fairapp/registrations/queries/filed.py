"""Registrations read back as what was filed: for changes, and to fill in the next one."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from fairapp.cooperatives.domain import CooperativeProfile
from fairapp.cooperatives.models import Cooperative
from fairapp.registrations.domain import (
    EditState,
    FiledAnswer,
    Filing,
    NamedProduct,
    Person,
    RegistrationState,
    StandNeeds,
)
from fairapp.registrations.errors import ChangeSettled
from fairapp.registrations.models import Answer, EditRequest, Registration


def profile_of_record(cooperative: Cooperative) -> CooperativeProfile:
    """Return what the directory knows of a cooperative, without its sectors."""
    return CooperativeProfile(
        name_ar=cooperative.name_ar,
        name_fr=cooperative.name_fr,
        legal_kind=cooperative.legal_kind,
        province_code=cooperative.province_code,
        commune=cooperative.commune,
        register_court=cooperative.register_court,
        register_number=cooperative.register_number,
        ice=cooperative.ice,
        douar=cooperative.douar,
        rural=cooperative.rural,
        founded_on=cooperative.founded_on,
        members=cooperative.members,
        women_members=cooperative.women_members,
        youth_members=cooperative.youth_members,
        women_led=cooperative.women_led,
        phone=cooperative.phone,
        email=cooperative.email,
    )


def filing_of_registration(
    registration: Registration, answers: Sequence[Answer], profile: CooperativeProfile | None
) -> Filing:
    """Return a whole registration as a filing, without its documents."""
    return Filing(
        cooperative_code=registration.cooperative.code,
        profile=profile,
        people=tuple(Person(one.name, one.gender, one.phone) for one in registration.representatives),
        sectors=tuple(sorted(sector.sector_code for sector in registration.sectors)),
        products=tuple(NamedProduct(one.name, one.sector_code) for one in registration.products),
        stops=tuple(stop.code for stop in registration.stops),
        needs=StandNeeds(
            width_cm=registration.stand_width_cm,
            power=registration.needs_power,
            water=registration.needs_water,
            step_free=registration.needs_step_free,
        ),
        channel=registration.channel,
        locale=registration.locale,
        remark=registration.remark,
        answers=tuple(
            FiledAnswer(one.question_code, one.value, one.file.token if one.file else None) for one in answers
        ),
    )


def answers_of_registration(session: Session, *, registration_id: int) -> Sequence[Answer]:
    """Return the answers of a registration to the questions of the call, with their files."""
    return session.scalars(
        select(Answer)
        .options(joinedload(Answer.file))
        .where(Answer.registration_id == registration_id)
        .order_by(Answer.id)
    ).all()


def last_registration(session: Session, *, cooperative_id: int) -> Registration | None:
    """Return the latest registration of a cooperative for any event, with its parts; None without one."""
    return session.scalar(
        select(Registration)
        .options(
            joinedload(Registration.cooperative),
            selectinload(Registration.stops),
            selectinload(Registration.sectors),
            selectinload(Registration.products),
            selectinload(Registration.representatives),
        )
        .where(
            Registration.cooperative_id == cooperative_id,
            Registration.state != RegistrationState.WITHDRAWN,
        )
        .order_by(Registration.received_at.desc(), Registration.id.desc())
        .limit(1)
    )


def edits_of(session: Session, *, registration_id: int) -> Sequence[EditRequest]:
    """Return the changes that were asked for a registration, latest first."""
    return session.scalars(
        select(EditRequest)
        .where(EditRequest.registration_id == registration_id)
        .order_by(EditRequest.id.desc())
    ).all()


def open_edit_for_update(session: Session, *, registration_id: int, edit_id: int) -> EditRequest:
    """Return a change that waits for an answer, locked.

    Raises: ChangeSettled.
    """
    edit = session.scalar(
        select(EditRequest)
        .where(
            EditRequest.id == edit_id,
            EditRequest.registration_id == registration_id,
            EditRequest.state == EditState.ASKED,
        )
        .with_for_update()
    )
    if edit is None:
        raise ChangeSettled()
    return edit

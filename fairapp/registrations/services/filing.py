"""Filing a registration."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from fairapp.audit.domain import Actor, Role
from fairapp.audit.services import record
from fairapp.cooperatives.domain import CooperativeProfile
from fairapp.cooperatives.models import Cooperative
from fairapp.cooperatives.queries import cooperative_for, same_cooperative, standing
from fairapp.cooperatives.services import create_cooperative, update_cooperative
from fairapp.events.models import Event
from fairapp.events.queries import dates_of
from fairapp.foundation.clock import local_date
from fairapp.foundation.ids import new_reference
from fairapp.registrations.domain import (
    Filing,
    FilingChannel,
    OfferedStop,
    RegistrationState,
    check_filing,
)
from fairapp.registrations.errors import AlreadyRegistered, ForeignEvent
from fairapp.registrations.models import (
    Registration,
    RegistrationProduct,
    RegistrationSector,
    RegistrationStop,
    Representative,
    StateChange,
)
from fairapp.registrations.queries.drafts import asked_questions, draft_reference_is_taken
from fairapp.registrations.queries.single import (
    live_registration,
    reference_is_taken,
)
from fairapp.registrations.services.documents import file_documents
from fairapp.registrations.services.letters import tell_received
from fairapp.registrations.services.questions import file_answers

_FILES_FOR_OTHERS = (Role.DESK_AGENT, Role.ORGANIZER, Role.ADMINISTRATOR)


def file_registration(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    filing: Filing,
    now: datetime,
    reference: str | None = None,
    cooperative: Cooperative | None = None,
) -> Registration:
    """File a registration for a published event: receive it, tell the cooperative, record who filed it.

    `event` is loaded with its stops. `cooperative` is given by a caller that has found it within
    what the actor may file for; nothing of it changes then. A guest whose cooperative is surely in
    the directory (same kind, phone and name) files for that one and changes nothing of it.

    Raises: RegistrationClosed, StopMissing, StopNotOffered, SectorMissing, RepresentativeMissing,
    TooManyRepresentatives, WidthNotOffered, AlreadyRegistered, CooperativeNotFound, ForeignEvent,
    and the refusals of a profile.
    """
    _check_reach(actor, event)
    stops = check_filing(
        filing,
        event=dates_of(event),
        stops=[
            OfferedStop(stop.code, stop.ends_on, cancelled=stop.cancelled_at is not None)
            for stop in event.stops
        ],
        most_people=event.most_representatives,
        today=local_date(now),
    )
    cooperative = cooperative or _cooperative_of(session, actor=actor, filing=filing, now=now)
    cooperative = standing(session, cooperative)
    if live_registration(session, event_id=event.id, cooperative_id=cooperative.id) is not None:
        raise AlreadyRegistered()
    registration = _new_registration(
        event, cooperative, actor, filing, now, reference or free_reference(session)
    )
    _add_parts(registration, filing)
    session.add(registration)
    session.flush()
    _join(session, registration, event, cooperative, stops)
    if filing.documents:
        file_documents(session, registration=registration, documents=filing.documents, now=now)
    if filing.answers:
        asked = asked_questions(session, event=event)
        file_answers(session, registration=registration, questions=asked, answers=filing.answers, now=now)
    tell_received(session, registration=registration, now=now)
    record(
        session,
        actor=actor,
        action="registrations.filed",
        subject_type="registration",
        subject_id=registration.id,
        now=now,
        details={"channel": filing.channel.value, "cooperative_id": cooperative.id},
        chain=f"event:{event.slug}",
    )
    return registration


def channel_of(actor: Actor, asked: FilingChannel | None) -> FilingChannel:
    """Return the channel to record: what was said, else desk for who files for others."""
    if asked is not None:
        return asked
    return FilingChannel.DESK if files_for_others(actor) else FilingChannel.SELF


def files_for_others(actor: Actor) -> bool:
    """Tell whether the actor files in the name of cooperatives that are not its own."""
    return any(actor.has_role(role) for role in _FILES_FOR_OTHERS)


def _check_reach(actor: Actor, event: Event) -> None:
    # Guests, cooperatives and desk agents may file for any event; organizers for theirs alone.
    others = {Role.COOPERATIVE, Role.DESK_AGENT}
    if not actor.grants or any(grant.role in others for grant in actor.grants):
        return
    if not actor.covers_event("registrations.file", event_id=event.id, region_code=event.region_code):
        raise ForeignEvent()


def _cooperative_of(session: Session, *, actor: Actor, filing: Filing, now: datetime) -> Cooperative:
    if filing.cooperative_code is not None:
        cooperative = cooperative_for(session, actor=actor, code=filing.cooperative_code)
        if filing.profile is not None:
            profile = _kept(filing.profile, cooperative)
            update_cooperative(session, actor=actor, cooperative=cooperative, profile=profile, now=now)
        return cooperative
    assert filing.profile is not None, "a filing names or describes its cooperative"
    known = filing.profile.phone and same_cooperative(
        session,
        name_ar=filing.profile.name_ar,
        name_fr=filing.profile.name_fr,
        phone=filing.profile.phone,
        legal_kind=filing.profile.legal_kind,
    )
    return known or create_cooperative(session, actor=actor, profile=filing.profile, now=now)


def _kept(profile: CooperativeProfile, cooperative: Cooperative) -> CooperativeProfile:
    # The form does not ask these; what the directory knows stays.
    return replace(
        profile,
        founded_on=cooperative.founded_on,
        rural=profile.rural if profile.rural is not None else cooperative.rural,
    )


def _new_registration(
    event: Event, cooperative: Cooperative, actor: Actor, filing: Filing, now: datetime, reference: str
) -> Registration:
    profile = filing.profile
    return Registration(
        reference=reference,
        event_id=event.id,
        cooperative_id=cooperative.id,
        state=RegistrationState.RECEIVED,
        channel=filing.channel,
        filed_by_id=actor.account_id,
        locale=filing.locale,
        phone=(profile.phone if profile else None) or cooperative.phone,
        email=profile.email if profile else cooperative.email,
        stand_width_cm=filing.needs.width_cm,
        needs_power=filing.needs.power,
        needs_water=filing.needs.water,
        needs_step_free=filing.needs.step_free,
        remark=filing.remark,
        received_at=now,
        changed_at=now,
    )


def _add_parts(registration: Registration, filing: Filing) -> None:
    registration.sectors = [RegistrationSector(sector_code=code) for code in filing.all_sectors()]
    registration.products = [
        RegistrationProduct(position=place, name=product.name, sector_code=product.sector_code)
        for place, product in enumerate(filing.products, start=1)
    ]
    registration.representatives = [
        Representative(position=place, name=person.name, gender=person.gender, phone=person.phone)
        for place, person in enumerate(filing.people, start=1)
    ]
    registration.history = [
        StateChange(
            at=registration.received_at,
            state=RegistrationState.RECEIVED,
            account_id=registration.filed_by_id,
        )
    ]


def _join(
    session: Session,
    registration: Registration,
    event: Event,
    cooperative: Cooperative,
    stops: tuple[str, ...],
) -> None:
    """Join a new registration to what is known already, so that nothing is read again."""
    asked = [stop for stop in event.stops if stop.code in stops]
    session.add_all(RegistrationStop(registration_id=registration.id, stop_id=stop.id) for stop in asked)
    set_committed_value(registration, "event", event)
    set_committed_value(registration, "cooperative", cooperative)
    set_committed_value(registration, "stops", asked)


def free_reference(session: Session) -> str:
    """Return a reference that neither a draft nor a registration has."""
    reference = new_reference()
    while reference_is_taken(session, reference=reference) or draft_reference_is_taken(
        session, reference=reference
    ):
        reference = new_reference()
    return reference

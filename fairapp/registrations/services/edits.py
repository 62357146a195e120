"""Changing a registration after it was sent: at once while it is open, later with consent."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor, Role
from fairapp.audit.services import record
from fairapp.cooperatives.queries import cooperative_for
from fairapp.cooperatives.services.entering import update_cooperative
from fairapp.events.domain import takes_registrations
from fairapp.events.queries import chain_of, dates_of
from fairapp.foundation.clock import local_date
from fairapp.foundation.ids import new_token
from fairapp.registrations.answers import (
    COOPERATIVE_CODE,
    answers_of_filing,
    filing_of,
    said_of_itself,
)
from fairapp.registrations.differences import (
    CONTACT,
    Difference,
    can_be_changed,
    differences,
    is_changed_at_once,
    of_the_directory,
)
from fairapp.registrations.domain import EditState, Filing, OfferedStop, check_content
from fairapp.registrations.errors import ChangeNotPossible, NothingChanged
from fairapp.registrations.models import EditRequest, Registration, RegistrationDraft
from fairapp.registrations.queries.drafts import draft_by_id, draft_of_registration, open_edit_of
from fairapp.registrations.queries.filed import (
    answers_of_registration,
    edits_of,
    filing_of_registration,
    open_edit_for_update,
    profile_of_record,
)
from fairapp.registrations.queries.single import registration_by_id, registration_for
from fairapp.registrations.services.drafts import start_draft
from fairapp.registrations.services.letters import tell_edited
from fairapp.registrations.services.replacing import look_again, replace_parts

_NAMES = ("name_ar", "name_fr")  # never NULL in the directory
_PAGES_OF_PROFILE = ("cooperative", "place")
_ACTS_FOR_ALL = (Role.DESK_AGENT, Role.ORGANIZER, Role.ADMINISTRATOR)


def begin_edit(
    session: Session, *, actor: Actor, registration_id: int, locale: str, now: datetime
) -> RegistrationDraft:
    """Open a draft that holds what a registration says now, or go on with the one that is open.

    The door has found the registration within what the person may see.

    Raises: RegistrationNotFound, ChangeNotPossible.
    """
    registration = registration_by_id(session, registration_id=registration_id, lock=True)
    if not can_be_changed(registration.state):
        raise ChangeNotPossible()
    known = open_edit_of(session, registration_id=registration.id)
    if known is not None:
        return known
    return start_draft(
        session,
        event=registration.event,
        token=new_token(),
        answers=present_answers(session, actor=actor, registration=registration),
        locale=locale,
        actor=actor,
        edits_id=registration.id,
        now=now,
    )


def present_answers(session: Session, *, actor: Actor, registration: Registration) -> dict[str, Any]:
    """Return what a registration says now, as answers.

    Who does not act for the cooperative sees of it what was typed for this registration, not what
    the directory knows besides.
    """
    rows = answers_of_registration(session, registration_id=registration.id)
    profile = replace(
        profile_of_record(registration.cooperative), phone=registration.phone, email=registration.email
    )
    answers = answers_of_filing(filing_of_registration(registration, rows, profile))
    if not _acts_for(actor, registration):
        typed = _typed(session, registration)
        for page in _PAGES_OF_PROFILE:
            own = {name: typed[name] for name in answers[page] if name in typed and name not in CONTACT}
            answers[page] = {**answers[page], **own}
    return answers


def proposed_differences(
    session: Session, *, actor: Actor, registration: Registration, answers: Mapping[str, Any]
) -> tuple[Difference, ...]:
    """Return what a draft changes of a registration."""
    before = present_answers(session, actor=actor, registration=registration)
    return differences(_filing(before, registration), _filing(answers, registration))


def hand_in_edit(session: Session, *, actor: Actor, draft_id: int, now: datetime) -> EditRequest:
    """Apply a change at once, or ask the organizer for it; handed in twice, it is the same change.

    Without consent only while registration is open and nothing is decided; and only who acts for
    the cooperative changes what the directory says of it.

    Raises: DraftNotFound, NothingChanged, ChangeNotPossible, PersonHasBadge, and the refusals of
    what an event takes.
    """
    draft = draft_by_id(session, draft_id=draft_id, lock=True)
    assert draft.edits_id is not None
    registration = registration_by_id(session, registration_id=draft.edits_id, lock=True)
    if draft.registration_id is not None:
        return edits_of(session, registration_id=registration.id)[0]
    if not can_be_changed(registration.state):
        raise ChangeNotPossible()
    changed = proposed_differences(session, actor=actor, registration=registration, answers=draft.answers)
    if not changed:
        raise NothingChanged()
    after = _filing(draft.answers, registration)
    _check(after, registration, now)
    is_at_once = needs_no_consent(actor, registration, changed, now)
    edit = _new_edit(session, actor, registration, draft.answers, changed, now)
    if is_at_once:
        _settle(edit, EditState.APPLIED, actor, None, now)
        _apply(session, actor, registration, after, changed, now)
    draft.registration_id = registration.id
    draft.updated_at = now
    session.flush()
    tell_edited(session, registration=registration, edit=edit, now=now)
    _record(session, actor, registration, edit, now)
    return edit


def settle_edit(
    session: Session,
    *,
    actor: Actor,
    reference: str,
    edit_id: int,
    is_agreed: bool,
    note: str | None,
    now: datetime,
) -> EditRequest:
    """Agree to a change that was asked for, or refuse it with a note; tell the cooperative.

    Raises: RegistrationNotFound, ChangeSettled, ChangeNotPossible, PersonHasBadge, and the refusals
    of what an event takes.
    """
    registration = registration_for(
        session, actor=actor, reference=reference, action="registrations.decide", lock=True
    )
    edit = open_edit_for_update(session, registration_id=registration.id, edit_id=edit_id)
    if is_agreed and not can_be_changed(registration.state):
        raise ChangeNotPossible()
    _settle(edit, EditState.APPLIED if is_agreed else EditState.REFUSED, actor, note, now)
    if is_agreed:
        changed = [Difference(one["field"], one["before"], one["after"]) for one in edit.differences]
        after = _filing(edit.answers, registration)
        _check(after, registration, now)
        _apply(session, actor, registration, after, tuple(changed), now)
    session.flush()
    tell_edited(session, registration=registration, edit=edit, now=now)
    _record(session, actor, registration, edit, now)
    return edit


def needs_no_consent(
    actor: Actor, registration: Registration, changed: tuple[Difference, ...], now: datetime
) -> bool:
    """Tell whether a change is applied at once: by the dates, the state, and whose record it changes."""
    is_open = takes_registrations(dates_of(registration.event), local_date(now))
    if not is_changed_at_once(registration.state, is_open=is_open):
        return False
    if not of_the_directory(changed) or _acts_for(actor, registration):
        return True
    # A record that this registration made is its own; one that was there before is not.
    return registration.cooperative.created_at == registration.received_at


def _filing(answers: Mapping[str, Any], registration: Registration) -> Filing:
    filing = filing_of(answers, channel=registration.channel, locale=registration.locale)
    if filing.stops:
        return filing
    return replace(filing, stops=tuple(stop.code for stop in registration.stops))


def _acts_for(actor: Actor, registration: Registration) -> bool:
    if any(actor.has_role(role) for role in _ACTS_FOR_ALL):
        return True
    return registration.cooperative_id in actor.cooperative_ids()


def _typed(session: Session, registration: Registration) -> dict[str, Any]:
    """Return what was typed of the cooperative for a registration, last."""
    for edit in edits_of(session, registration_id=registration.id):
        if edit.state is EditState.APPLIED:
            return said_of_itself(edit.answers)
    draft = draft_of_registration(session, registration_id=registration.id)
    return said_of_itself(draft.answers) if draft is not None else {}


def _check(after: Filing, registration: Registration, now: datetime) -> None:
    held = {stop.code for stop in registration.stops}
    today = local_date(now)
    check_content(
        after,
        stops=[
            OfferedStop(
                stop.code,
                max(stop.ends_on, today) if stop.code in held else stop.ends_on,
                cancelled=stop.cancelled_at is not None and stop.code not in held,
            )
            for stop in registration.event.stops
        ],
        most_people=max(registration.event.most_representatives, len(registration.representatives)),
        today=today,
    )


def _new_edit(
    session: Session,
    actor: Actor,
    registration: Registration,
    answers: Mapping[str, Any],
    changed: tuple[Difference, ...],
    now: datetime,
) -> EditRequest:
    # A newer change takes the place of one that still waits; nobody settled that one.
    session.execute(
        update(EditRequest)
        .where(EditRequest.registration_id == registration.id, EditRequest.state == EditState.ASKED)
        .values(state=EditState.REFUSED, settled_at=now)
    )
    edit = EditRequest(
        registration_id=registration.id,
        state=EditState.ASKED,
        answers={name: value for name, value in answers.items() if name != COOPERATIVE_CODE},
        differences=[one.as_json() for one in changed],
        asked_at=now,
        asked_by_id=actor.account_id,
    )
    session.add(edit)
    session.flush()
    return edit


def _settle(edit: EditRequest, state: EditState, actor: Actor, note: str | None, now: datetime) -> None:
    edit.state = state
    edit.settled_at = now
    edit.settled_by_id = actor.account_id
    edit.note = note or None


def _apply(
    session: Session,
    actor: Actor,
    registration: Registration,
    after: Filing,
    changed: tuple[Difference, ...],
    now: datetime,
) -> None:
    replace_parts(session, registration=registration, filing=after, now=now)
    wanted = of_the_directory(changed)
    if wanted:
        cooperative = registration.cooperative
        if _acts_for(actor, registration):
            cooperative = cooperative_for(session, actor=actor, code=cooperative.code)
        else:
            session.refresh(cooperative, ["sectors"])
        names: dict[str, Any] = {name: wanted[name] or "" for name in _NAMES if name in wanted}
        profile = replace(profile_of_record(cooperative), **wanted | names)
        update_cooperative(session, actor=actor, cooperative=cooperative, profile=profile, now=now)
    look_again(session, actor=actor, registration=registration, now=now)
    registration.changed_at = now
    session.flush()


def _record(
    session: Session, actor: Actor, registration: Registration, edit: EditRequest, now: datetime
) -> None:
    record(
        session,
        actor=actor,
        action=f"registrations.edit_{edit.state.value}",
        subject_type="registration",
        subject_id=registration.id,
        now=now,
        details={"edit": edit.id, "fields": [one["field"] for one in edit.differences]},
        chain=chain_of(registration.event),
    )

"""The form of the desk, made for an event and a cooperative: blank, filled with what is known, or resumed."""

from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from fairapp.cooperatives.domain import CooperativeProfile
from fairapp.cooperatives.models import Cooperative
from fairapp.events.models import Event, Question, RequiredDocument, Stop
from fairapp.events.queries import documents_of
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading
from fairapp.foundation.ids import new_token
from fairapp.reference import queries as reference
from fairapp.registrations.errors import DraftNotFound
from fairapp.registrations.forms.desk import OF_THE_COOPERATIVE, DeskForm, desk_form
from fairapp.registrations.forms.steps import MOST_PEOPLE, WIDTHS_CM
from fairapp.registrations.models import Registration, RegistrationDraft
from fairapp.registrations.queries import desk as queries
from fairapp.registrations.queries.drafts import asked_besides, draft_by_token
from fairapp.registrations.routes.drafting import FIRST_SECTORS
from fairapp.registrations.services.desk import OWN
from fairapp.web.access import current_actor
from fairapp.web.i18n import current_language

_UNTYPED = frozenset({"csrf_token", "draft"})
_MOST_TYPED, _LONGEST_TYPED = 200, 5000
_WOMEN_LED = {True: "yes", False: "no", None: ""}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the form is made for: the event with what its call asks, and the cooperative, if it is known."""

    event: Event
    open_stops: tuple[Stop, ...]
    questions: tuple[Question, ...]
    documents: tuple[RequiredDocument, ...]
    cooperative: Cooperative | None
    last: Registration | None

    @classmethod
    def of(cls, session: Session, event: Event, cooperative: Cooperative | None) -> "Sheet":
        """Read what the form needs."""
        today = local_date(utc_now())
        _has_documents, questions = asked_besides(session, event=event)
        return cls(
            event=event,
            open_stops=tuple(s for s in event.stops if s.cancelled_at is None and today <= s.ends_on),
            questions=questions,
            documents=tuple(documents_of(session, event=event)),
            cooperative=cooperative,
            last=queries.last_registration(session, cooperative_id=cooperative.id) if cooperative else None,
        )


def blank_form(sheet: Sheet) -> DeskForm:
    """Return the form with what is posted, or with what is known of the cooperative."""
    form = _class_of(sheet)(data=_known(sheet) | {"draft": new_token()})
    if not form.draft.data:
        form.draft.data = new_token()
    return _offered(form, sheet)


def resumed_form(sheet: Sheet) -> DeskForm | None:
    """Return the form as it was typed and kept, when the address names one of this account.

    Raises: DraftNotFound.
    """
    draft = _asked_draft(sheet.event) if request.method == "GET" else None
    if draft is None:
        return None
    typed = queries.typed_in(draft)
    form = _class_of(sheet)(formdata=MultiDict([(name, one) for name, all_ in typed.items() for one in all_]))
    form.draft.data = request.args.get("form") or f"{OWN}{draft.reference}"
    return _offered(form, sheet)


def typed_now() -> dict[str, list[str]]:
    """Return what is posted, by field; within bounds, since also a browser without session is heard."""
    fields = [name for name in request.form if name not in _UNTYPED][:_MOST_TYPED]
    return {
        name[:80]: [text.replace("\x00", "")[:_LONGEST_TYPED] for text in request.form.getlist(name)[:50]]
        for name in fields
    }


def profile_of_entry(cooperative: Cooperative) -> CooperativeProfile:
    """Return what the directory knows of a cooperative."""
    same = {name: getattr(cooperative, name) for name in OF_THE_COOPERATIVE if name != "province"}
    return CooperativeProfile(province_code=cooperative.province_code, **same)


def _asked_draft(event: Event) -> RegistrationDraft | None:
    token, kept, actor = request.args.get("form", ""), request.args.get("kept", ""), current_actor()
    if kept:
        return queries.own_draft(reading(), actor=actor, event_id=event.id, reference=kept)
    if not token:
        return None
    draft = draft_by_token(reading(), event_id=event.id, token=token)
    if draft.started_by_id not in (None, actor.account_id) or draft.registration_id is not None:
        raise DraftNotFound()
    return draft


def _class_of(sheet: Sheet) -> type[DeskForm]:
    return desk_form(
        most_people=max(1, min(sheet.event.most_representatives, MOST_PEOPLE)),
        has_stops=len(sheet.open_stops) > 1,
        questions=sheet.questions,
        documents=sheet.documents,
        language=current_language(),
    )


def _offered(form: DeskForm, sheet: Sheet) -> DeskForm:
    language, sectors = current_language(), reference.sectors()
    form.legal_kind.choices = dict(reference.choices(reference.legal_kinds().values(), language))
    provinces = {region: dict(names) for region, names in reference.provinces_by_region(language)}
    form.province.choices = {"": " ", **provinces}
    others = [code for code in sectors if code not in FIRST_SECTORS]
    form.sectors.choices = {code: sectors[code].name(language) for code in (*FIRST_SECTORS, *others)}
    form.stops.choices = {stop.code: stop.code for stop in sheet.open_stops}
    form.width_cm.choices = {str(width): str(width // 100) for width in WIDTHS_CM}
    if not form.has_stops:
        del form.stops
    return form


def _known(sheet: Sheet) -> dict[str, Any]:
    cooperative, last = sheet.cooperative, sheet.last
    if cooperative is None:
        return {}
    known: dict[str, Any] = {
        name: getattr(cooperative, name) for name in OF_THE_COOPERATIVE if hasattr(cooperative, name)
    }
    known |= {"province": cooperative.province_code, "women_led": _WOMEN_LED[cooperative.women_led]}
    return known | (_known_from(last) if last is not None else {})


def _known_from(last: Registration) -> dict[str, Any]:
    known: dict[str, Any] = {
        "sectors": [sector.sector_code for sector in last.sectors],
        "product_names": "، ".join(product.name for product in last.products),
        "width_cm": str(last.stand_width_cm) if last.stand_width_cm in WIDTHS_CM else None,
        "power": last.needs_power,
        "water": last.needs_water,
        "step_free": last.needs_step_free,
        "message_language": last.locale if last.locale in ("ar", "fr") else "ar",
    }
    for place, person in enumerate(last.representatives, start=1):
        known |= {
            f"name_{place}": person.name,
            f"gender_{place}": person.gender.value if person.gender else "",
            f"phone_{place}": person.phone or "",
        }
    return {name: value for name, value in known.items() if value is not None}

"""The floor plan of a stop: who holds what, who is without a stand, and changing it by hand.

It works without scripts: a stand and a registration are chosen by links, and every change is a
form. What was just done stands in the address, so that the page can offer the way back.
"""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import Conflict, Refusal, RuleViolation
from fairapp.foundation.ids import parse_reference
from fairapp.stands import queries
from fairapp.stands.domain import MET, UNMET, needed
from fairapp.stands.drawing import draw
from fairapp.stands.forms import AllocateForm, ChangeHolderForm, UndoForm
from fairapp.stands.routes import pages
from fairapp.stands.routes.layout import Site, site_of
from fairapp.stands.services import allocation
from fairapp.web.access import current_actor, requires
from fairapp.web.forms import form_status, show_on_form

ALLOCATE = "stands.allocate"
BASE = "/organizer/events/<slug>/stops/<stop>/plan"
SUITABLE_SHOWN = 8
PlanForm = AllocateForm | ChangeHolderForm | UndoForm
DONE = frozenset({"given", "released", "moved", "swapped"})


@pages.get(BASE)
@requires("stands.allocate")
def plan(slug: str, stop: str) -> ResponseReturnValue:
    """Show the plan, or the list that says the same, with the chosen stand or registration."""
    return _plan(slug, stop, AllocateForm(formdata=None), request.args.get("stand", ""))


def _plan(slug: str, stop: str, form: PlanForm, stand: str) -> ResponseReturnValue:
    session = reading()
    session.expire_all()
    site = site_of(session, slug, stop, ALLOCATE)
    found = queries.plan_of(session, stop=site.stop)
    asked = parse_reference(request.values.get("registration", ""))
    chosen = next((waiting for waiting in found.without if waiting.reference == asked), None)
    as_list = request.args.get("view") == "list"

    kept = {"registration": chosen.reference if chosen else "", "view": "list" if as_list else ""}
    base = url_for("stands.plan", slug=slug, stop=stop)

    def link(code: str) -> str:
        return f"{base}?{urlencode({'stand': code} | {k: v for k, v in kept.items() if v})}#panel"

    page = render_template(
        "stands/plan.html",
        event=site.event,
        stop=site.stop,
        plan=found,
        drawing=None if as_list else draw(found.stands),
        selected=found.find(stand) if stand else None,
        chosen=chosen,
        suitable=found.suitable(chosen)[:SUITABLE_SHOWN] if chosen else [],
        done=_done(found),
        needs_of=queries.needs_of,
        needed=needed,
        lacking=queries.lacking,
        words={"met": MET, "unmet": UNMET},
        link=link,
        form=form,
        change_form=_offered(form, found, stand),
    )
    return page, form_status(form)


def _offered(form: PlanForm, found: queries.Plan, stand: str) -> ChangeHolderForm:
    """Return the form that changes the holder of a stand, with the stands it may go to."""
    changing = form if isinstance(form, ChangeHolderForm) else ChangeHolderForm(formdata=None)
    selected = found.find(stand) if stand else None
    if selected is None or selected.holder is None:
        changing.to.choices = []
        return changing
    free = [placed.code for placed in found.suitable(selected.holder)]
    held = [placed.code for placed in found.held if placed is not selected]
    changing.to.choices = [
        *(SelectChoice(code, optgroup=_("Free")) for code in free),
        *(SelectChoice(code, optgroup=_("Exchange with")) for code in held),
    ]
    return changing


def _done(found: queries.Plan) -> dict[str, str] | None:
    done = request.args.get("done", "")
    if done not in DONE or request.method != "GET":
        return None
    names = ("stand", "other", "was")
    values = {name: request.args.get(name, "")[:20] for name in names}
    if not found.find(values["stand"]):
        return None
    return {"what": done, **values}


@pages.post(f"{BASE}/give")
@requires("stands.allocate")
def give(slug: str, stop: str) -> ResponseReturnValue:
    """Give a stand to a registration."""
    form = AllocateForm()

    def change(session: Session, site: Site) -> None:
        allocation.set_holder(
            session,
            actor=current_actor(),
            event=site.event,
            stop=site.stop,
            stand_code=form.stand.data or "",
            reference=form.registration.data or "",
            reason=form.reason.data,
            now=utc_now(),
        )

    return _change(slug, stop, form, change, {"done": "given", "stand": form.stand.data or ""})


@pages.post(f"{BASE}/release")
@requires("stands.allocate")
def release(slug: str, stop: str) -> ResponseReturnValue:
    """Take a stand back."""
    form = ChangeHolderForm()
    held = _holder_reference(slug, stop, form.stand.data or "")

    def change(session: Session, site: Site) -> None:
        allocation.release_stand(
            session,
            actor=current_actor(),
            event=site.event,
            stop=site.stop,
            stand_code=form.stand.data or "",
            reason=form.reason.data,
            now=utc_now(),
        )

    return _change(
        slug, stop, form, change, {"done": "released", "stand": form.stand.data or "", "was": held}
    )


@pages.post(f"{BASE}/move")
@requires("stands.allocate")
def move(slug: str, stop: str) -> ResponseReturnValue:
    """Move the holder of a stand to a free one, or exchange it with another holder."""
    form = ChangeHolderForm()
    done = {"done": "moved", "stand": form.to.data or "", "other": form.stand.data or ""}

    def change(session: Session, site: Site) -> None:
        exchanged = allocation.move_or_swap(
            session,
            actor=current_actor(),
            event=site.event,
            stop=site.stop,
            stand_code=form.stand.data or "",
            to_code=form.to.data or "",
            reason=form.reason.data,
            now=utc_now(),
        )
        done["done"] = "swapped" if exchanged else "moved"

    return _change(slug, stop, form, change, done)


def _change(
    slug: str,
    stop: str,
    form: PlanForm,
    change: Callable[[Session, Site], None],
    done: dict[str, str],
) -> ResponseReturnValue:
    if form.validate_on_submit():
        try:
            with transaction() as session:
                change(session, site_of(session, slug, stop, ALLOCATE))
        except (RuleViolation, Conflict) as refusal:
            _show(form, refusal)
        else:
            return redirect(f"{url_for('stands.plan', slug=slug, stop=stop)}?{urlencode(done)}#panel", 303)
    return _plan(slug, stop, form, form.stand.data or "")


def _show(form: PlanForm, refusal: Refusal) -> None:
    refusal.field = None  # the fields are hidden: the sentence stands above the plan
    show_on_form(form, refusal)


def _holder_reference(slug: str, stop: str, code: str) -> str:
    session = reading()
    site = site_of(session, slug, stop, ALLOCATE)
    found = next(
        (placed for placed in queries.stands_of(session, stop=site.stop) if placed.code == code), None
    )
    return found.holder.reference if found and found.holder else ""


@pages.post(f"{BASE}/undo")
@requires("stands.allocate")
def undo(slug: str, stop: str) -> ResponseReturnValue:
    """Go back on the last change: the reverse of it, recorded like any other."""
    form = UndoForm()
    code, other = form.stand.data or "", form.other.data or ""

    def change(session: Session, site: Site) -> None:
        allocation.undo_change(
            session,
            actor=current_actor(),
            event=site.event,
            stop=site.stop,
            stand_code=code,
            other_code=other or None,
            reference=form.registration.data or None,
            now=utc_now(),
        )

    return _change(slug, stop, form, change, {"stand": other or code})

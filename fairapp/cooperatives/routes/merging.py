"""Duplicates: the list of those suspected, two entries side by side, merging and undoing it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from fairapp.accounts.queries.people import names_of
from fairapp.cooperatives.domain import CHOSEN_TOGETHER, marks_of
from fairapp.cooperatives.duplicates import identity_of, last_merges, suspected_pairs
from fairapp.cooperatives.errors import SameEntry
from fairapp.cooperatives.forms.merging import BOTH, FIRST, SECOND, MergeForm
from fairapp.cooperatives.merging import offered_movers
from fairapp.cooperatives.models import Cooperative
from fairapp.cooperatives.queries import cooperative_for
from fairapp.cooperatives.routes import pages
from fairapp.cooperatives.services.merging import merge_cooperatives, say_distinct, undo_merge
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import RuleViolation
from fairapp.foundation.ids import show_reference
from fairapp.web.access import current_actor, requires
from fairapp.web.errors import sentence_of
from fairapp.web.forms import form_status, show_on_form


@pages.get("/organizer/directory/duplicates")
@requires("cooperatives.merge")
def duplicates() -> ResponseReturnValue:
    """List pairs that may be one, the surest first, and what was merged last."""
    session = reading()
    merges = last_merges(session)
    return render_template(
        "cooperatives/duplicates.html",
        found=suspected_pairs(session, page=request.args.get("page", 1, type=int)),
        merges=merges,
        writers=names_of(session, account_ids={one.merge.merged_by_id or 0 for one in merges}),
    )


@pages.route("/organizer/directory/<code>/merge/<other>", methods=["GET", "POST"])
@requires("cooperatives.merge")
def merge(code: str, other: str) -> ResponseReturnValue:
    """Show two entries side by side, and merge them."""
    session, actor = reading(), current_actor()
    first = cooperative_for(session, actor=actor, code=code)
    second = cooperative_for(session, actor=actor, code=other)
    if first.id == second.id:
        raise SameEntry()
    form = MergeForm()
    if form.validate_on_submit():
        try:
            kept = _merge(form, first, second)
        except RuleViolation as refusal:
            show_on_form(form, refusal)
        else:
            return redirect(url_for("cooperatives.card", code=show_reference(kept.code)), 303)
    ids = (first.id, second.id)
    page = render_template(
        "cooperatives/merge.html",
        form=form,
        first=first,
        second=second,
        marks=marks_of(identity_of(first), identity_of(second)),
        differing=_differing(first, second),
        chosen={name: request.form.get(f"take-{name}", "") for name in CHOSEN_TOGETHER},
        held={name: mover.count(session, cooperative_ids=ids) for name, mover in offered_movers().items()},
    )
    return page, form_status(form)


def _differing(first: Cooperative, second: Cooperative) -> set[str]:
    return {
        choice
        for choice, names in CHOSEN_TOGETHER.items()
        if any(getattr(first, name) != getattr(second, name) for name in names)
    }


def _merge(form: MergeForm, first: Cooperative, second: Cooperative) -> Cooperative:
    kept, merged = (first, second) if form.kept_is_first() else (second, first)
    chosen = [(name, request.form.get(f"take-{name}", "")) for name in CHOSEN_TOGETHER]
    with transaction() as session:
        made = merge_cooperatives(
            session,
            actor=current_actor(),
            kept_code=kept.code,
            merged_code=merged.code,
            taken=form.taken(chosen),
            sectors=_sectors(form.sectors.data, first, second),
            reason=form.reason.data,
            now=utc_now(),
        )
    undo = url_for("cooperatives.duplicates", _anchor="merged")
    flash(
        Markup('{} <a href="{}">{}</a>').format(
            _("The two are one now (%(code)s).", code=show_reference(made.code)), undo, _("Undo")
        )
    )
    return kept


def _sectors(asked: str, first: Cooperative, second: Cooperative) -> set[str]:
    sides: dict[str, tuple[Cooperative, ...]] = {FIRST: (first,), SECOND: (second,), BOTH: (first, second)}
    return {sector.sector_code for side in sides.get(asked, (first, second)) for sector in side.sectors}


@pages.post("/organizer/directory/<code>/distinct/<other>")
@requires("cooperatives.merge")
def distinct(code: str, other: str) -> ResponseReturnValue:
    """Remember that two entries are two."""
    with transaction() as session:
        say_distinct(session, actor=current_actor(), code=code, other_code=other, now=utc_now())
    flash(_("Remembered: these are two. They are not offered as one again."))
    return redirect(url_for("cooperatives.duplicates"), 303)


@pages.post("/organizer/directory/merges/<merge>/undo")
@requires("cooperatives.merge")
def undo(merge: str) -> ResponseReturnValue:
    """Make two entries of one again."""
    try:
        with transaction() as session:
            undo_merge(session, actor=current_actor(), code=merge, now=utc_now())
    except RuleViolation as refusal:
        flash(sentence_of(refusal), "error")
    else:
        flash(_("The two are separate again, as they were."))
    return redirect(url_for("cooperatives.duplicates"), 303)

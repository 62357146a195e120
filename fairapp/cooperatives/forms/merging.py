"""Which of two entries is kept, and what stays of each."""

from collections.abc import Collection

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice

from fairapp.cooperatives.domain import CHOSEN_TOGETHER
from fairapp.web.fields import Needed, at_most
from fairapp.web.forms import Form

FIRST, SECOND, BOTH = "first", "second", "both"
_SIDES = [SelectChoice(FIRST, FIRST), SelectChoice(SECOND, SECOND)]  # the page shows the names


class MergeForm(Form):
    """Which entry is kept, where each value comes from, and why they are one."""

    kept = RadioField(
        _l("Which entry is kept?"),
        [Needed(_l("Choose which entry is kept."))],
        choices=_SIDES,
        default=FIRST,
        validate_choice=True,
    )
    sectors = RadioField(_l("Kinds of products"), choices=[*_SIDES, SelectChoice(BOTH, BOTH)], default=BOTH)
    reason = StringField(
        _l("Why are they one?"), [Needed(_l("Write how you know that the two are one.")), at_most(300)]
    )

    def kept_is_first(self) -> bool:
        """Tell whether the first of the two is kept."""
        return bool(self.kept.data != SECOND)

    def taken(self, chosen: Collection[tuple[str, str]]) -> set[str]:
        """Return what the kept entry takes over from the other, of (choice, first or second)."""
        other = SECOND if self.kept_is_first() else FIRST
        return {name for name, side in chosen if name in CHOSEN_TOGETHER and side == other}

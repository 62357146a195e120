"""Words of decisions and the message about one, as the cooperative will read it."""

from flask import current_app, render_template
from flask_babel import force_locale, lazy_gettext

from config import Settings
from fairapp.events.models import Reason
from fairapp.messages.domain import Channel
from fairapp.registrations.domain import Decision, RegistrationState
from fairapp.registrations.models import Registration
from fairapp.registrations.services.letters import decided_context
from fairapp.web.i18n import LOCALES

LABELS = {
    Decision.ACCEPT: lazy_gettext("Accept"),
    Decision.ASK: lazy_gettext("Ask for something"),
    Decision.WAITLIST: lazy_gettext("Waiting list"),
    Decision.REFUSE: lazy_gettext("Refuse"),
    Decision.REVIEW: lazy_gettext("Take under review"),
}


def preview_of(
    registration: Registration,
    *,
    state: RegistrationState,
    reason: Reason | None,
    note: str | None,
    channel: Channel | None = Channel.MAIL,
) -> str:
    """Return the message about a decision, in the language of the registration."""
    settings: Settings = current_app.extensions["settings"]
    context = decided_context(registration, state=state, reason=reason, note=note)
    template = "decided.sms.txt" if channel is Channel.SMS else "decided.txt"
    with force_locale(LOCALES[registration.locale]):
        letter = render_template(
            f"mail/registrations/{template}",
            **context,
            language=registration.locale,
            public_url=settings.public_url.rstrip("/"),
        )
    return " ".join(letter.split()) if channel is Channel.SMS else letter.strip()

"""Rendering a message from its templates, in the recipient's language."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from email.header import Header
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import formatdate, parseaddr

from flask import current_app, g, render_template

from config import Settings
from fairapp.messages.domain import Channel
from fairapp.messages.models import Message, MessageAttachment

INLINE_PREFIX = "inline-"  # attachments named so are shown inside the HTML part, by their name as cid


@dataclass(frozen=True, slots=True)
class Letter:
    """A rendered message, ready for a carrier. `content` is a whole mail, or the text of an SMS."""

    channel: Channel
    sender: str
    recipient: str
    content: bytes


def write_letter(message: Message, files: Sequence[MessageAttachment], settings: Settings) -> Letter:
    """Render a message. Needs an application context, no request."""
    with current_app.test_request_context("/", base_url=settings.public_url):
        g.lang = message.locale
        values = {**message.context, "public_url": settings.public_url.rstrip("/")}
        path = f"mail/{message.template}"
        if message.channel is Channel.SMS:
            text = " ".join(render_template(f"{path}.sms.txt", **values).split())
            return Letter(Channel.SMS, settings.mail_from, message.recipient, text.encode())
        subject = " ".join(render_template(f"{path}.subject.txt", **values).split())
        text = render_template(f"{path}.txt", **values).strip() + "\n"
        html = render_template(f"{path}.html", **values)
    mail = _mail(message, settings, subject=subject, text=text, html=html)
    for file in files:
        _attach(mail, file)
    mail["Content-Language"] = message.locale  # last: what is attached takes Content-… headers along
    sender = parseaddr(settings.mail_from)[1]
    return Letter(Channel.MAIL, sender, message.recipient, mail.as_bytes(policy=SMTP))


def _mail(message: Message, settings: Settings, *, subject: str, text: str, html: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    domain = parseaddr(settings.mail_from)[1].partition("@")[2] or "localhost"
    name = hashlib.sha256(message.key.encode()).hexdigest()[:24]
    mail["From"] = settings.mail_from
    mail["To"] = message.recipient
    # The library, folding a long subject itself, loses the spaces between its encoded words.
    mail.set_raw("Subject", Header(subject, "utf-8", header_name="Subject").encode(linesep="\r\n"))
    mail["Date"] = formatdate(message.created_at.timestamp())
    mail["Message-ID"] = f"<{message.id}.{name}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    return mail


def _attach(mail: EmailMessage, file: MessageAttachment) -> None:
    maintype, _, subtype = file.media_type.partition("/")
    if file.filename.startswith(INLINE_PREFIX):
        html = mail.get_body(("html",))
        assert isinstance(html, MIMEPart)
        html.add_related(file.content, maintype, subtype, cid=f"<{file.filename}>", filename=file.filename)
    elif maintype == "text":
        mail.add_attachment(file.content.decode(), subtype=subtype, filename=file.filename)
    else:
        mail.add_attachment(file.content, maintype=maintype, subtype=subtype, filename=file.filename)

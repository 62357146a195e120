"""The mailbox page of a demonstration; nothing of it exists otherwise."""

import base64
from pathlib import Path

from flask import Blueprint, Response, current_app, render_template
from flask.typing import ResponseReturnValue

from fairapp.foundation.errors import NotFound
from fairapp.messages import mailbox
from fairapp.web.access import public

plain = Blueprint("messages_plain", __name__)

MAIL_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def _folder() -> Path:
    settings = current_app.extensions["settings"]
    if not settings.fairapp_demo:
        raise NotFound()
    folder: Path = settings.var / "mailbox"
    return folder


@plain.get("/mailbox")
@public
def show_mailbox() -> ResponseReturnValue:
    """List the letters that this demonstration has sent."""
    return render_template("messages/mailbox.html", letters=mailbox.letters(_folder()))


@plain.get("/mailbox/<int:number>")
@public
def show_letter(number: int) -> ResponseReturnValue:
    """Show one letter with its parts."""
    return render_template("messages/letter.html", letter=mailbox.letter(_folder(), number))


@plain.get("/mailbox/<int:number>/html")
@public
def show_html(number: int) -> ResponseReturnValue:
    """Show the HTML part as a mail program would: sandboxed, inline pictures put in."""
    letter = mailbox.letter(_folder(), number)
    html = letter.html or ""
    for part in letter.parts:
        data = base64.b64encode(part.content).decode()
        html = html.replace(f"cid:{part.filename}", f"data:{part.media_type};base64,{data}")
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = MAIL_POLICY + "; frame-ancestors 'self'"
    return response


@plain.get("/mailbox/<int:number>/<int:position>")
@public
def download_part(number: int, position: int) -> ResponseReturnValue:
    """Download one file of a letter."""
    parts = mailbox.letter(_folder(), number).parts
    if position >= len(parts):
        raise NotFound()
    part = parts[position]
    response = Response(part.content, mimetype=part.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=part.filename)
    return response

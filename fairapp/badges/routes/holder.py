"""The page of a badge's holder: open to whoever has the secret link, never to search engines."""

from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fairapp.badges import codes, printing
from fairapp.badges.domain import BadgeStatus
from fairapp.badges.queries.cards import badge_page
from fairapp.badges.routes import pages, plain
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading
from fairapp.web.access import public


@plain.get("/b/<token>")
@public
def badge(token: str) -> ResponseReturnValue:
    """Show a badge in the language of the browser."""
    response = _page(token)
    response.vary.add("Accept-Language")
    return response


@pages.get("/b/<token>")
@public
def badge_in(token: str) -> ResponseReturnValue:
    """Show a badge in a language."""
    return _page(token)


@plain.get("/b/<token>/badge.pdf")
@public
def badge_pdf(token: str) -> ResponseReturnValue:
    """Give a badge for printing; of a revoked one only its page is left."""
    row, _change = badge_page(reading(), token=token)
    if row.card.status is BadgeStatus.REVOKED:
        return redirect(url_for("badges_plain.badge", token=token), 303)
    return _private(pdf_response(printing.print_badges([row.card]), f"badge-{row.card.short_code}.pdf"))


@plain.get("/b/<token>/badge.png")
@public
def badge_picture(token: str) -> ResponseReturnValue:
    """Give a badge as a picture, to be kept on the phone without network."""
    row, _change = badge_page(reading(), token=token)
    if row.card.status is BadgeStatus.REVOKED:
        return redirect(url_for("badges_plain.badge", token=token), 303)
    response = Response(printing.picture_of(row.card), mimetype="image/png")
    response.headers["Content-Disposition"] = f'attachment; filename="badge-{row.card.short_code}.png"'
    return _private(response)


def _page(token: str) -> Response:
    row, change = badge_page(reading(), token=token)
    return _private(
        make_response(
            render_template(
                "badges/holder.html",
                card=row.card,
                badge=row.badge,
                today=local_date(utc_now()),
                change=change,
                now_stands=", ".join(code for stop in row.card.placed for code in stop.stands),
                isolate_quotes=printing.isolate_quotes,
                qr=codes.qr_svg_bare(row.card.code) if row.card.status is BadgeStatus.VALID else None,
                words=printing.card_words(),
                role=printing.role_of(row.card),
                dates=printing.dates_line(row.card),
                sign=printing.picto_of(row.card.sector_code) if row.card.sector_code else None,
            )
        )
    )


def pdf_response(content: bytes, filename: str) -> Response:
    """Return a PDF to be saved under a name."""
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _private(response: Response) -> Response:
    # The link is the key: no search engine, no cache, no referrer may keep it.
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response

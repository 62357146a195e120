"""Photos of products, small and large."""

from flask import current_app, send_file
from flask.typing import ResponseReturnValue

from fairapp.cooperatives.catalogue import photo_for
from fairapp.cooperatives.photos import PhotoSize, photo_path
from fairapp.cooperatives.routes import plain
from fairapp.foundation.database import reading
from fairapp.web.access import current_actor, public

_A_DAY_S = 86_400


@plain.get("/photos/<token>/<any(small, large):size>.jpg")
@public
def photo(token: str, size: str) -> ResponseReturnValue:
    """Hand out the photo of a product that is shown; of a hidden one to who may act for the cooperative."""
    file = photo_for(reading(), actor=current_actor(), token=token)
    path = photo_path(current_app.extensions["settings"], file, PhotoSize(size))
    response = send_file(path, mimetype="image/jpeg", etag=f"{file.sha256}-{size}", conditional=True)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = f"private, max-age={_A_DAY_S}"
    return response

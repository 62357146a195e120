"""Pages of accounts: sign-in, one's own account, invitations, administration, devices."""

from flask import Blueprint

pages = Blueprint("accounts", __name__)

from fairapp.accounts.routes import (  # noqa: E402, F401 - their views join the blueprint
    account,
    admin,
    devices,
    grants,
    invitation,
    operations,
    passwords,
    sign_in,
)

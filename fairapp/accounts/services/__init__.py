"""Changes to accounts, by noun. The names that other features call can be had from here."""

from fairapp.accounts.services.attempts import count_attempt
from fairapp.accounts.services.devices import enrol_device
from fairapp.accounts.services.invitations import invite_cooperative
from fairapp.accounts.services.people import create_account
from fairapp.accounts.services.roles import grant_role

__all__ = ["count_attempt", "create_account", "enrol_device", "grant_role", "invite_cooperative"]

"""Tables of registrations."""

from fairapp.registrations.models.bulk import BulkDecision, BulkItem
from fairapp.registrations.models.core import (
    LIVE,
    Registration,
    RegistrationDraft,
    RegistrationProduct,
    RegistrationSector,
    RegistrationStop,
    Representative,
    StateChange,
)
from fairapp.registrations.models.filing import Answer, Document, EditRequest, OneTimeCode
from fairapp.registrations.models.working import Details, SavedView

__all__ = (
    "LIVE",
    "Answer",
    "BulkDecision",
    "BulkItem",
    "Details",
    "Document",
    "EditRequest",
    "OneTimeCode",
    "Registration",
    "RegistrationDraft",
    "RegistrationProduct",
    "RegistrationSector",
    "RegistrationStop",
    "Representative",
    "SavedView",
    "StateChange",
)

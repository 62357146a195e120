"""The fields of the journey; the directory's forms have the same."""

from fairapp.web.fields import MOST_MEMBERS, CountField, IceField, Needed, PhoneField, at_most

__all__ = ("MOST_MEMBERS", "CountField", "IceField", "Needed", "PhoneField", "at_most")

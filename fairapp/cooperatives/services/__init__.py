"""Changes to the directory: entries, their programmes and networks, their products, merging."""

from fairapp.cooperatives.services.entering import create_cooperative, update_cooperative

__all__ = ("create_cooperative", "update_cooperative")

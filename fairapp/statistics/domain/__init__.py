"""Figures of many events added up, and what of an event's figures may be made public."""

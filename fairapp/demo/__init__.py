"""Demonstration data: imports anything, imported by nothing."""

"""Reads of badges: their faces, lists of them, scans at gates, and who was present."""

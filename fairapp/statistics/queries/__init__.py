"""Reads of many events, of published reports, and of what stands behind a public cell."""

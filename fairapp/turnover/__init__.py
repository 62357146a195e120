"""Figures computed from the ledger; reads only."""

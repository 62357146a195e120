"""Reads of the ledger, within what the actor may record or settle."""

"""Reads of turnover: one event, the coverage of many stops, and checks against the ledger."""

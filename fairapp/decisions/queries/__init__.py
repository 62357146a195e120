"""Reads of what follows a decision: letters, the waiting list and its offers, appeals."""

"""Reads of registrations: single ones, the organizer's queue, drafts."""

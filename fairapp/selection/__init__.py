"""Choosing among registrations: committee, scores, ranking, quotas, and the recorded run of a selection."""

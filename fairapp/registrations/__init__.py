"""A cooperative's request to take part: form, review, decision, tracking."""

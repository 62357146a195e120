"""What changes a selection, by noun."""

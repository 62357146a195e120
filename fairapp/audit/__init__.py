"""Who did what: actors, what their roles allow, and the append-only, chained record."""

"""Floor plan and allocation."""

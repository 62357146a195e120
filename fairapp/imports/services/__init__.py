"""Changes of imports: taking a file in, reading it, deciding, applying and undoing."""

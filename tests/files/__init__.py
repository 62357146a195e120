"""Files that people send, and those that others would like us to open."""

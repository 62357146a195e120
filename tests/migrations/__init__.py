"""The schema: up, down, up again, the same as the models, and protected."""

"""Changes to events: planning them, opening registration, and setting the terms of the call."""

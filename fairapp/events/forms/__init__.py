"""Forms of the organizer: an event and its stops, and the terms of its call."""

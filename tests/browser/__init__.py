"""The few journeys that must never break, in a real browser against real processes."""

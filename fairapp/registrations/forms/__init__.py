"""Forms of registrations: the steps of the journey, tracking, and the organizer's decision."""

"""Messages of an organizer to a group of registrations, with their delivery list."""

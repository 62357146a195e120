"""Writing and sending mail and SMS, and the log of what was delivered."""

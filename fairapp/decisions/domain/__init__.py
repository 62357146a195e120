"""Rules of what follows a decision: letters, offers of the waiting list, appeals."""

"""Changes after a decision: letters and their prints, offers of the waiting list, appeals."""

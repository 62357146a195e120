"""What follows a decision: the letter that says why, the waiting list, appeals."""

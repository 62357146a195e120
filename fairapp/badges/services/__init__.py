"""Changes of badges: issuing, withdrawing, printing, and scans at gates."""

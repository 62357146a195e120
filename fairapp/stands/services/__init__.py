"""Changes to floor plans: laying out stands, and allocating them."""

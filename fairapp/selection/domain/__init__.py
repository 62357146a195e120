"""Rules of a selection: points, ranks, quotas, who reviews what. Whole numbers and fractions, no floats."""

"""Functions that make the smallest valid thing; values that matter are written in the test."""

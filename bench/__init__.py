"""Measured promises: each module prints ratios beside a bare reference taken in the same run."""

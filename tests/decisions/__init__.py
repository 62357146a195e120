"""Tests of what follows a decision."""

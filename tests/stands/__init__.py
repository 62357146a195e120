"""Tests of stands, floor plans and allocation."""

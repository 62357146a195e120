"""Tests of events, their stops and calls."""

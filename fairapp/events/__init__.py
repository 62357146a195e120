"""Fairs and mobile markets, their stops, calls, criteria and quotas."""

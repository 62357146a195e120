"""Regions, provinces, sectors and legal kinds: data files and look-ups."""

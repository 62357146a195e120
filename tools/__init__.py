"""Commands for people who work on fairapp; not part of the product."""

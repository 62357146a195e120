"""Importing a register of cooperatives from a spreadsheet: looked at first, applied whole, undone."""

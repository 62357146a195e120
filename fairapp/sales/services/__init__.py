"""Changes of the ledger: the sync, day reports, flags, and the rebuilding of totals."""

"""The ledger of sales, its sync, and day reports."""

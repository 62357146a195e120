"""Background work: asked for in the transaction that needs it, sent by a relay, done once."""

"""Our own rules, each a few lines. One that hinders good code goes."""

"""The checks, tried on clients."""

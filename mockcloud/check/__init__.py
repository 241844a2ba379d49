"""Contract checks: drive somebody's client with documented inputs and errors, judge what reached the wire."""

"""Contracts: from YAML to values, rules and verdicts. Nothing here knows a provider, a socket or a clock."""

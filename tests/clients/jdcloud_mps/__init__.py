"""Clients of jdcloud-mps: a correct one, buggy ones, the official one."""

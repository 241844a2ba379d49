"""Clients of huawei-mpc: a correct one, buggy ones, the official ones."""

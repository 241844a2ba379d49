"""Clients of alibaba-vod: a correct one, buggy ones, the official ones."""

"""Benchmarks: the full pipeline beside a bare aiohttp application and the peers; `make bench` runs them all."""

"""What a run of checks came to, and the formats it is written in.

`model` holds the values; every format is one function from a Report to text, listed in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable

from .model import Report
from .terminal import summary

FORMATS: dict[str, Callable[[Report], str]] = {}

__all__ = ["FORMATS", "Report", "summary"]

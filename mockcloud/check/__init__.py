"""Contract checks: drive somebody's client with documented inputs and errors, judge what reached the wire.

from mockcloud.check import Adapter, cannot, contract_tests
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .adapter import Adapter, Cannot, cannot

if TYPE_CHECKING:
    from .sequences import machine
    from .suite import contract_tests
    from .unittests import contract_case

__all__ = ["Adapter", "Cannot", "cannot", "contract_case", "contract_tests", "machine"]

# What needs pytest, or hypothesis' stateful part, is loaded when it is asked for.
_LATER = {"contract_tests": ".suite", "contract_case": ".unittests", "machine": ".sequences"}


def __getattr__(name: str) -> object:
    if name in _LATER:
        return getattr(import_module(_LATER[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Contract checks: drive somebody's client with documented inputs and errors, judge what reached the wire.

from mockcloud.check import Adapter, cannot, contract_tests
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .adapter import Adapter, Cannot, cannot

if TYPE_CHECKING:
    from .sequences import machine
    from .suite import contract_tests

__all__ = ["Adapter", "Cannot", "cannot", "contract_tests", "machine"]


def __getattr__(name: str) -> object:
    # pytest is needed by the suite only, hypothesis' stateful part by the machine only.
    if name == "contract_tests":
        from .suite import contract_tests

        return contract_tests
    if name == "machine":
        from .sequences import machine

        return machine
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

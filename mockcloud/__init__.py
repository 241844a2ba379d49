"""mockcloud: a test double for the video-to-GIF and thumbnail services of four clouds.

`start()` runs a server in this process and gives a `Cloud`: where it is, its credentials, and what can be done to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .version import VERSION as __version__  # noqa: N811 - the name that packages have for it

if TYPE_CHECKING:
    from .cloud import Cloud, attach, start
    from .model import Misuse

__all__ = ["Cloud", "Misuse", "__version__", "attach", "start"]


def __getattr__(name: str) -> object:
    # aiohttp and the contracts are imported when a server is started, not when a test suite is collected.
    if name in ("Cloud", "attach", "start"):
        from . import cloud

        return getattr(cloud, name)
    if name == "Misuse":
        from .model import Misuse

        return Misuse
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

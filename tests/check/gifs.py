"""Adapters around the client of the README's example, for tests of what surrounds the checks."""

from __future__ import annotations

import sys
from pathlib import Path

from mockcloud.check import Adapter, cannot

sys.path.insert(0, str(Path(__file__).parents[2] / "docs" / "examples"))

from gif_adapter import Gifs
from gif_client import GifClient

__all__ = ["Gifs"]

MEMBERS = ("output_param.start", "output_param.end")
SECRET = "mockcloud-secret"


class MendedClient(GifClient):
    """Without the mistake of the example."""

    def create(self, key, start_ms, end_ms):
        if None not in (start_ms, end_ms) and end_ms - start_ms > 60_000:
            raise ValueError("at most 60 seconds")
        return super().create(key, start_ms, end_ms)


class Mended(Gifs):
    client_class = MendedClient

    def connect(self, cloud):
        return self.client_class(cloud.url, cloud.project_id, cloud.token, timeout=0.5)


class OnlySeconds(Mended):
    """The interface takes whole seconds."""

    def create(self, client, p):
        gif = p.get("output_param", {})
        if any(moment % 1000 for moment in gif.values()):
            cannot("whole seconds only")
        return super().create(client, p)


class Careless(Adapter):
    """Reads what it was not given, in its own lines."""

    service = "huawei-mpc"
    refuses = ValueError
    offers = MEMBERS

    def connect(self, cloud):
        return None

    def create(self, client, p):
        return {}["wrong name"]


class SilentClient:
    def create(self):
        return "1"


class Silent(Adapter):
    """Never sends anything."""

    service = "huawei-mpc"
    offers = MEMBERS

    def connect(self, cloud):
        return SilentClient()

    def create(self, client, p):
        return client.create()


class Unconnected(Adapter):
    service = "huawei-mpc"

    def create(self, client, p):
        return "1"


class Misplaced(Mended):
    service = "huawei-mpg"


class Unlinked(Mended):
    """Cannot even be connected."""

    def connect(self, cloud):
        raise OSError("no configuration")


class Crashing(MendedClient):
    """Falls over an answer without a body."""

    def create(self, key, start_ms, end_ms):
        if start_ms == 1:
            raise TypeError(f"cannot be, {SECRET}")
        return super().create(key, start_ms, end_ms)


class Crashes(Mended):
    client_class = Crashing

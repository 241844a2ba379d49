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


class OwnWords(Mended):
    """Reads answers in a comprehension of its own, and wrongly."""

    def create(self, client, p):
        tasks = [{"task_id": super().create(client, p)}]
        return "".join([task["identity"] for task in tasks])


class Inheriting(Mended):
    """Reads what is mandatory in the method that it inherits, and in a function beside it."""

    def create(self, client, p):
        return client.create("holiday.mp4", *moments(p))


class InheritingAgain(Inheriting):
    def create(self, client, p):
        return super().create(client, p)


def moments(p):
    return p["output_param"]["start"], p["output_param"]["end"]


class WrongSecret(Mended):
    def connect(self, cloud):
        return self.client_class(cloud.url, cloud.project_id, "no token of the mock")


class Lost(Mended):
    """The client's errors say nothing."""

    def error(self, problem):
        return None, None, None


class Unreadable(Mended):
    """The client's errors say what is no number."""

    def error(self, problem):
        return "", "four hundred", ""


class Counts(Mended):
    """Gives how many came back, not which."""

    def query(self, client, ids):
        client.create("holiday.mp4", 0, 1)
        return len(ids)


class Hasty(Mended):
    gives_up_within = 0


class Tireless(Mended):
    at_most_requests = None


class OneOffer(Mended):
    offers = "output_param.start"


class WithoutAnswer(MendedClient):
    """Falls over every plain answer."""

    def create(self, key, start_ms, end_ms):
        super().create(key, start_ms, end_ms)
        raise KeyError("description")


class NeverWorks(Mended):
    client_class = WithoutAnswer

"""Seeded ids in the shapes that providers use. The same seed gives the same ids in the same order."""

from __future__ import annotations

from collections import Counter
from random import Random

_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"


class Ids:
    """A source of ids. `seed` is any text; two sources with different text are independent."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)
        self._counts: Counter[str] = Counter()

    def hex(self, digits: int = 32) -> str:
        """Lower-case hex digits."""
        return f"{self._random.getrandbits(4 * digits):0{digits}x}"

    def uuid(self) -> str:
        """A version 4 UUID in lower case."""
        text = self.hex(32)
        variant = "89ab"[int(text[16], 16) & 3]
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"

    def base36(self, digits: int = 32) -> str:
        """Digits and lower-case letters."""
        return "".join(self._random.choices(_BASE36, k=digits))

    def decimal(self, digits: int) -> str:
        """Decimal digits, the first one not zero."""
        low = 10 ** (digits - 1)
        return str(low + self._random.randrange(9 * low))

    def count(self, name: str, start: int = 1) -> int:
        """The next number of a named counter, beginning with `start`."""
        self._counts[name] += 1
        return start + self._counts[name] - 1

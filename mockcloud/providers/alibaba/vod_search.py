"""VOD's search: SearchMedia over the videos, and the search protocol that Match is written in.

Source: VD en API Reference/Media asset management/Media asset search/SearchMedia; VD en API Reference/Appendix/Protocol
for media asset search; VD en Developer Guide/Media asset management/Search for media asset information.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mockcloud.model import Call
from mockcloud.state import ServiceState

from .vod_values import given, number, page
from .vod_videos import shown

Json = dict[str, Any]
Filter = Callable[[Json], bool]

# What is shown without Fields, as in the example of the page.
_BASIC = frozenset({"VideoId", "Title", "CoverURL", "CreationTime", "ModificationTime", "Status"})
_MOST_TOKENS = 1000
_DEEPEST = 50  # parentheses in parentheses
_TOKEN = re.compile(r"\s*(?:'([^']*)'|\"([^\"]*)\"|([=()\[\],])|([^\s=()\[\],'\"]+))")


class MatchError(ValueError):
    """Match is not in the search protocol; the argument is the field, or the text where no field can be made out."""


def search_media(call: Call, state: ServiceState) -> Json:
    """A page of videos that match. Refusal: Match cannot be read, or nobody gave that ScrollToken."""
    scrolls: dict[str, bool] = state.memory.setdefault("scrolls", {})
    token = call.parameters.get("ScrollToken")
    if token is not None and token not in scrolls:
        raise state.breaks(call.operation, "token-known", "/ScrollToken", token, "search without a ScrollToken first")
    found = _sorted(_matching(call, state), given(call, state, "SortBy"))
    reachable = found if token is not None else found[: int(state.service.limit("listed-videos"))]
    media = [_media(video, call, state) for video in page(call, state, reachable)]
    answer: Json = {"MediaList": media, "Total": len(found)}
    return {**answer, "ScrollToken": _next_token(scrolls, state)} if found else answer


def _matching(call: Call, state: ServiceState) -> list[Json]:
    text = call.parameters.get("Match", "")
    try:
        matches = parsed(text, tuple(state.service.limits["searched-by-part"]["value"])) if text.strip() else None
    except MatchError as problem:
        detail = f"Match is not in the search protocol near {problem.args[0]!r}"
        # The refusal's %s is the field; the violation holds the whole text.
        raise state.breaks(call.operation, "match-syntax", "/Match", text, detail, str(problem.args[0])) from problem
    if given(call, state, "SearchType") != "video":
        return []
    return [video for video in state.shelves["video"] if matches is None or matches(video)]


def _sorted(videos: list[Json], order: str) -> list[Json]:
    for field in reversed(order.split(",")):
        name, _, way = field.partition(":")
        videos = sorted(videos, key=lambda video: str(video[name]), reverse=way == "Desc")
    return videos


def _media(video: Json, call: Call, state: ServiceState) -> Json:
    output = state.service.operations[call.operation].output or {}
    schema = output["properties"]["MediaList"]["items"]["properties"]["Video"]
    wanted = _BASIC | {name.strip() for name in call.parameters.get("Fields", "").split(",")}
    about = {name: value for name, value in shown(video, schema).items() if name in wanted}
    return {"MediaId": video["VideoId"], "MediaType": "video", "CreationTime": video["CreationTime"], "Video": about}


def _next_token(scrolls: dict[str, bool], state: ServiceState) -> str:
    token = state.ids.hex()
    scrolls[token] = True
    while len(scrolls) > _MOST_TOKENS:
        del scrolls[next(iter(scrolls))]
    return token


def parsed(text: str, by_part: tuple[str, ...] = ()) -> Filter:
    """Match as a function over a video. MatchError: not in the protocol.

    by_part  fields of which a text need only hold the value; the others are compared whole
    """
    reader = _Reader(_tokens(text), by_part, text)
    found = reader.either()
    if reader.place < len(reader.tokens):
        raise MatchError(reader.field)
    return found


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    kind: str  # "value" in quotes, "sign", "word"


def _tokens(text: str) -> list[_Token]:
    text = text.rstrip()
    tokens, place = [], 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise MatchError(text)
        quoted = found[1] if found[1] is not None else found[2]
        kind = "value" if quoted is not None else "sign" if found[3] else "word"
        tokens.append(_Token(quoted if quoted is not None else found[3] or found[4], kind))
        place = found.end()
    return tokens


class _Reader:
    """Reads tokens from left to right; `field` is the one that is being read, for error messages."""

    def __init__(self, tokens: list[_Token], by_part: tuple[str, ...], text: str) -> None:
        self.tokens, self.by_part, self.field, self.place = tokens, by_part, text, 0
        self._depth = 0

    def either(self) -> Filter:
        """Conditions with `or` between them."""
        parts = [self.both()]
        while self._takes("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else lambda video: any(part(video) for part in parts)

    def both(self) -> Filter:
        """Conditions with `and` between them."""
        parts = [self.condition()]
        while self._takes("and"):
            parts.append(self.condition())
        return parts[0] if len(parts) == 1 else lambda video: all(part(video) for part in parts)

    def condition(self) -> Filter:
        """One field held against a value, a list or a range, or conditions in parentheses."""
        if self._takes("("):
            self._depth += 1
            if self._depth > _DEEPEST:
                raise MatchError(self.field)
            inner = self.either()
            self._expect(")")
            self._depth -= 1
            return inner
        name = self._next("word")
        self.field = name
        if self._takes("in"):
            self._expect("(")
            return self._among(name, self._values(")"))
        self._expect("=")
        for opening in ("(", "["):
            if self._takes(opening):
                return self._between(name, opening == "[")
        return self._among(name, [self._next("value", "word")])

    def _among(self, name: str, values: list[str]) -> Filter:
        if name in self.by_part:
            return lambda video: any(value in str(video.get(name, "")) for value in values)
        return lambda video: str(video.get(name, "")) in values

    def _between(self, name: str, is_low_in: bool) -> Filter:
        low = None if self._takes(",") else self._next("value", "word")
        if low is not None:
            self._expect(",")
        high = self._next("value", "word") if self._peek() not in (")", "]") else None
        is_high_in = self._takes("]")
        if not is_high_in:
            self._expect(")")

        def holds(video: Json) -> bool:
            value = video.get(name)
            return value is not None and _above(value, low, is_low_in) and _above(high, value, is_high_in)

        return holds

    def _values(self, closing: str) -> list[str]:
        values = [self._next("value", "word")]
        while self._takes(","):
            values.append(self._next("value", "word"))
        self._expect(closing)
        return values

    def _peek(self) -> str:
        token = self.tokens[self.place] if self.place < len(self.tokens) else None
        return "" if token is None or token.kind == "value" else token.text

    def _takes(self, text: str) -> bool:
        if self._peek().lower() != text:
            return False
        self.place += 1
        return True

    def _expect(self, text: str) -> None:
        if not self._takes(text):
            raise MatchError(self.field)

    def _next(self, *kinds: str) -> str:
        token = self.tokens[self.place] if self.place < len(self.tokens) else None
        if token is None or token.kind not in kinds:
            raise MatchError(self.field)
        self.place += 1
        return token.text


def _above(value: Any, low: Any, or_equal: bool) -> bool:
    """Whether a value is above a bound (None on either side: no bound); numbers as numbers, all else as text."""
    if value is None or low is None:
        return True
    first, second = number(value), number(low)
    if first is None or second is None:
        return str(value) > str(low) or (or_equal and str(value) == str(low))
    return first > second or (or_equal and first == second)


BEHAVIOURS = {"search_media": search_media}

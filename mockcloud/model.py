"""The values that travel from a request to its answer. No I/O, no behaviour.

Wire → Call → violations → Reply or Refusal → WireReply; see ARCHITECTURE.md for who makes which.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wire:
    """A raw request, exactly as it arrived.

    path     percent-encoded, without the query ("/v1/p/thumbnail")
    query    raw text behind "?", "" when there is none
    headers  (name, value) pairs in wire order, names in wire spelling
    body     raw bytes
    named    lower-case names of headers to the first value of each; made of them, changed by nobody
    names    the same names, one a line
    """

    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    named: dict[str, str] = field(init=False, repr=False, compare=False)
    names: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        named = {name.lower(): value for name, value in reversed(self.headers)}
        object.__setattr__(self, "named", named)
        object.__setattr__(self, "names", "\n".join(("", *named)))

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever its case; None when absent."""
        return self.named.get(name.lower())

    def has_header_like(self, prefix: str) -> bool:
        """Whether the name of some header begins so (lower case)."""
        return f"\n{prefix}" in self.names

    def header_map(self) -> dict[str, str]:
        """Lower-case names to values; several values of one name are joined with ','."""
        if len(self.named) == len(self.headers):
            return dict(self.named)
        found: dict[str, str] = {}
        for key, value in self.headers:
            low = key.lower()
            found[low] = f"{found[low]},{value}" if low in found else value
        return found


@dataclass(frozen=True, slots=True)
class WireReply:
    """A raw answer: status, headers in order, body bytes."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever its case; None when absent."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


@dataclass(slots=True)
class Call:
    """A decoded request. `open` makes it, `decode` fills it; afterwards nobody changes it.

    service      service id ("huawei-mpc"), best guess until decoded
    operation    documented name, "" while unknown
    parameters   the operation's own parameters by documented name, nested as on the wire; plain JSON values
                 (text where the wire has only text: see `textual`)
    place        path parameters ({"project_id": ...})
    common       the provider's common parameters and the headers that matter, lower-case keys
    textual      True when every value arrived as text (query, form) and validate must give it a type
    is_body      True when the parameters are the JSON of the body as orjson reads it, no more and no less
    deferred     a refusal found while decoding that the provider reports only after authentication
    account      name of the account, set by authenticate
    """

    wire: Wire
    provider: str
    service: str
    request_id: str
    operation: str = ""
    parameters: Json = field(default_factory=dict)
    place: dict[str, str] = field(default_factory=dict)
    common: dict[str, str] = field(default_factory=dict)
    format: str = "json"
    textual: bool = False
    is_body: bool = False
    deferred: Refusal | None = None
    account: str = "mockcloud"


@dataclass(frozen=True, slots=True)
class Claim:
    """Who a request says it is from. Made by a provider's `credentials`, judged by its `verify`.

    key_id   access key id (or "" for a token)
    token    bearer token, "" when signed
    parts    whatever else the scheme needs to verify (signature, signed headers, scope, date, nonce)
    """

    key_id: str
    token: str = ""
    parts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Violation:
    """A documented constraint that a call breaks.

    rule    full rule id ("huawei-mpc.CreateAnimatedGraphicsTask.span-60s")
    path    JSON Pointer into the call's parameters
    value   value as received; times in the unit of the contract
    cite    where the provider says so
    effect  "reject" | "ignore" | "warn"
    """

    rule: str
    path: str
    value: Any
    cite: str
    effect: str = "reject"


@dataclass(frozen=True, slots=True)
class Reply:
    """A documented success: the members of the answer without envelope and request id (None: no body).

    hold  seconds that the server may wait, and ask again, before this answer is given (long polls); else 0
    """

    body: Json | None
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    hold: float = 0.0


class Refusal(Exception):
    """A documented error: the provider would answer this.

    code      documented code ("MPC.10202", "ACCESS_ERROR")
    args      what fills the %s of the message, in order
    variant   picks one of several messages that share a code ("lack-date"); "" = the first one
    reason    rule id or a fixed word ("signature", "fault", "not-found", "unserved"), for X-Mockcloud-Reason
    detail    one human sentence for log and journal: what was wrong and what to do
    violations  all that was found; the reply carries the first
    diagnosis   for signature mismatches: {"ours": ..., "theirs": ..., "difference": ...}
    """

    def __init__(
        self,
        code: str,
        *args: str,
        variant: str = "",
        reason: str = "",
        detail: str = "",
        violations: tuple[Violation, ...] = (),
        diagnosis: Json | None = None,
    ) -> None:
        super().__init__(code, *args)
        self.code = code
        self.fill = args
        self.variant = variant
        self.reason = reason
        self.detail = detail
        self.violations = violations
        self.diagnosis = diagnosis


class Misuse(Exception):
    """The user of mockcloud is wrong. `hint` says the fix."""

    def __init__(self, text: str, hint: str = "") -> None:
        super().__init__(text if not hint else f"{text} ({hint})")
        self.text = text
        self.hint = hint


class Unreachable(Misuse):
    """Nothing of ours answers where the user said that a mock runs."""

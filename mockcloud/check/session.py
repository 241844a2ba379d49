"""One adapter against one mock: connect a client, ask it for something, see how it ended and what reached the wire.

The journal is the oracle. Every case begins with a reset, so that late requests of an earlier one never count.
"""

from __future__ import annotations

import http.client
import inspect
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from math import inf
from time import monotonic
from time import time as wall_time
from types import CodeType
from typing import TYPE_CHECKING, Any, NoReturn
from uuid import uuid4

from .. import providers
from ..contract.spec import Operation, Service
from ..gate import KEY_ID, SECRET
from ..model import WireReply
from ..providers import Sender
from .adapter import PROGRAMMING_ERRORS, Adapter, Cannot, Offer
from .caller import Answered, Given, filled
from .clean import Clean
from .quiet import unwarned
from .stage import Result, Stage

if TYPE_CHECKING:
    from ..cloud import Cloud

Json = dict[str, Any]
_MARGIN = 2.0
# Nothing that is answered at once takes as long: part of what a client promises, and seconds.
_STALLED, _STALLED_S = 0.4, 0.25


MEND = "mend the adapter; this is no finding on the client"


class AdapterMistake(Exception):
    """The adapter itself failed, not the client: says where and what would be right."""


class CutShort(BaseException):
    """An item has used up its time. No `except Exception` on the way catches it, nor does hypothesis shrink it."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How the client answered one request of ours.

    word     "returned" | "refused" | "failed" (a provider's error) | "crashed" | "cannot" | "hung" | "endless"
    value    what it returned
    problem  what it raised
    error    (code, status, request id) for "failed", as the adapter reads it; None when it was not asked
    clean    takes secrets out of what the client says
    requests  journal records of the operation, in order; all: of every operation
    """

    word: str
    result: Result
    value: Any = None
    problem: BaseException | None = None
    requests: tuple[Json, ...] = ()
    all: tuple[Json, ...] = ()
    error: tuple[str, int, str] | None = None
    clean: Callable[[str], str] = str

    @property
    def is_programming_error(self) -> bool:
        """Whether the call ended in a mistake of the client's own."""
        return isinstance(self.problem, PROGRAMMING_ERRORS) and self.word != "failed"

    @property
    def says(self) -> str:
        """The ending in words, for messages."""
        match self.word:
            case "returned":
                return self.clean(f"returned {self.value!r}")[:200]
            case "hung":
                return f"was still busy after {self.result.seconds:.1f} s"
            case "endless":
                return f"went on waiting after {len(self.result.pauses)} pauses"
        kind = type(self.problem).__name__
        return self.clean(f"{self.word}: {kind}: {self.problem}")[:300]


class Session:
    """An adapter, a mock, a stage. `patience`: seconds of wall time that any single call may take."""

    def __init__(self, offer: Offer, cloud: Cloud, only_case: str = "", max_examples: int = 100, seed: int = 0) -> None:
        self.offer = offer
        self.cloud = cloud
        self.service: Service = offer.service
        self.adapter: Adapter = offer.adapter_class()
        self.client: Any = None
        self.kept: Json = {}
        self.calls = 0
        self.has_stalled = False
        self.only_case = only_case
        self.max_examples, self.seed = max_examples, seed
        self.judged: dict[str, Any] = {}
        self.failing: list[tuple[str, Operation, Ending]] = []  # plain calls that do not work, not yet told
        self.unworking: set[str] = set()
        self.notes: set[tuple[str, ...]] = set()
        self._own_code = frozenset(_code_of(offer.adapter_class))
        self._code_beside = frozenset(_code_beside(offer.adapter_class))
        self.watchers: list[Callable[[Any, Ending, Any], None]] = []
        self.readers: list[Callable[[Json], None]] = []
        self._clean = Clean(offer)
        self.cases = 0
        self.deadline = inf  # of the item, on the monotonic clock
        self._nonces = count(1)
        self._stage: Stage | None = None
        self._mark: int | None = None  # the last request of what came before a call; found out when it is made
        self._moves = True

    # The client.

    def fresh(self, *, moves_clock: bool = True) -> None:
        """A clean mock and a new client. AdapterMistake: connect failed. CutShort: the item's time is over."""
        if monotonic() > self.deadline:
            raise CutShort
        self.cases += 1
        self.cloud.reset()
        self.kept = {}
        self._moves = moves_clock
        self.adapter = self.offer.adapter_class()
        result = self._run(lambda: self.adapter.connect(self.cloud), 30.0)
        if result.ending != "returned":
            told = "".join(traceback.format_exception_only(result.problem)) if result.problem else result.ending
            raise AdapterMistake(f"{self._name}.connect failed: {self._clean.text(told).strip()}") from result.problem
        self.client = result.value
        self._mark = None

    def ask(self, method: str, *arguments: Any, operation: str = "", patience: float = 0.0) -> Ending:
        """Call one method of the adapter. `operation`: whose requests are of interest."""
        self.calls += 1
        self._mark = self._last_id() if self._mark is None else self._mark
        call = getattr(self.adapter, method)
        is_plain = not patience  # who gives a patience has seen to it that the answer comes late, or never
        patience = patience or self.adapter.gives_up_within + _MARGIN + 20.0
        result = self._run(lambda: call(self.client, *arguments), patience)
        if (
            is_plain
            and result.ending == "raised"
            and result.seconds > min(_STALLED * self.adapter.gives_up_within, _STALLED_S)
        ):
            self.has_stalled = True
        records = self.requests()
        for reader in self.readers:
            for record in records:
                reader(record)
        mine = tuple(record for record in records if record["operation"] == operation) if operation else records
        return self._ending(result, mine, records, method)

    def _run(self, call: Any, patience: float) -> Result:
        if self._stage is not None and self._stage.is_lost:
            self._stage.close()
            self._stage = None
        if self._stage is None:
            self._stage = Stage(self._paused)
        # Tests may make errors of warnings; a client that warns of an unknown member has read it all the same.
        with unwarned():
            return self._stage.run(call, patience)

    def _paused(self, seconds: float) -> None:
        if self._moves:
            self.cloud.clock.advance(seconds)

    def _ending(self, result: Result, mine: tuple[Json, ...], records: tuple[Json, ...], method: str) -> Ending:
        clean = self._clean.text
        if result.ending in ("hung", "endless"):
            return Ending(result.ending, result, requests=mine, all=records, clean=clean)
        if result.ending == "returned":
            return Ending("returned", result, result.value, requests=mine, all=records, clean=clean)
        problem = result.problem
        word = self._word(problem, mine)
        if word == "crashed" and isinstance(problem, PROGRAMMING_ERRORS):
            last = _last_code(problem)
            if not mine and self._leaves_out(problem, last):
                return Ending("cannot", result, problem=problem, requests=mine, all=records, clean=clean)
            if last in self._own_code or (last is not None and last.co_filename == __file__):
                self._own_mistake(problem, method)
        return Ending(word, result, problem=problem, requests=mine, all=records, clean=clean)

    def _word(self, problem: BaseException | None, mine: tuple[Json, ...]) -> str:
        if isinstance(problem, Cannot):
            return "cannot"
        is_failure, is_refusal = isinstance(problem, self.adapter.fails), isinstance(problem, self.adapter.refuses)
        if is_failure and is_refusal:
            return "failed" if mine else "refused"
        if is_failure:
            return "failed"
        return "refused" if is_refusal else "crashed"

    def _leaves_out(self, problem: BaseException, last: CodeType | None) -> bool:
        """Whether the adapter, or a function beside it, reads a member that was not asked for.

        It cannot express that the member is absent.
        """
        if not isinstance(problem, KeyError) or not _is_member(self.service, str(problem.args[0])):
            return False
        return last in self._own_code or last in self._code_beside

    def _own_mistake(self, problem: BaseException, method: str) -> NoReturn:
        """An exception from the adapter's own lines, and not from the client below them."""
        line = traceback.extract_tb(problem.__traceback__)[-1]
        where = f"{line.filename}:{line.lineno}"
        raise AdapterMistake(
            f"{self._name}.{method} itself failed with {type(problem).__name__}: {self._clean.text(str(problem))} "
            f"({where}); "
            "use .get() for optional members, raise cannot(...) for what the client cannot express"
        ) from problem

    def read_error(self, ending: Ending) -> tuple[str, int, str]:
        """(code, status, request id) of a failure, read by the adapter. AdapterMistake when that fails.

        What the client has lost, the adapter may give as None.
        """
        problem = ending.problem
        try:
            code, status, request_id = self.adapter.error(problem)  # type: ignore[arg-type]
            return str(code or ""), int(status or 0), str(request_id or "")
        except Exception as mistake:
            raise AdapterMistake(
                f"{self._name}.error({type(problem).__name__}) failed with {type(mistake).__name__}: "
                f"{self._clean.text(str(mistake))}; "
                "it returns (code, HTTP status, request id)"
            ) from mistake

    def ids(self, ending: Ending) -> list[str]:
        """The ids that a query or list gave, as text. AdapterMistake: what it gave is no list."""
        value = ending.value
        if isinstance(value, str | bytes) or not isinstance(value, Iterable | None):
            raise AdapterMistake(f"{self._name} gave {value!r} for a query or list; they return the ids that came back")
        return [str(one) for one in value or ()]

    @property
    def _name(self) -> str:
        return self.offer.adapter_class.__name__

    def tell(self, attempt: Any, ending: Ending, verdict: Any) -> None:
        """Let those who count coverage know of an input and what it came to."""
        for watcher in self.watchers:
            watcher(attempt, ending, verdict)

    def note(self, kind: str, *what: str) -> None:
        """Something that coverage counts: ("code", operation, code), ("state", family, word), ("fault", ...)."""
        self.notes.add((kind, *what))

    def filled(self, value: Any) -> Any:
        """The same value with every "$NAME" replaced by what preparation kept."""
        return filled(value, self.kept)

    # The wire.

    def requests(self) -> tuple[Json, ...]:
        """Journal records of this case, in order, without what preparing it took."""
        mark = self._mark or 0
        return tuple(record for record in self.cloud.requests() if record["id"] > mark)

    def _last_id(self) -> int:
        records = self.cloud.requests(limit=1)
        return records[-1]["id"] if records else 0

    def forget(self) -> None:
        """What happened so far is preparation."""
        self._mark = None

    def prepare(self, given: Iterable[Json]) -> None:
        """Carry out a contract's `given` over the socket, with requests of our own."""
        Given(self.service, self.kept, self.send, self._seed, self.cloud.clock.advance).prepare(given)
        self.forget()

    def _seed(self, kind: str, fields: Json) -> None:
        self.cloud.seed(self.service.id, kind, **fields)

    def send(self, operation: Operation, parameters: Json, place: Json | None = None) -> Answered:
        """One signed request of our own, over a socket."""
        provider = providers.provider(self.service.provider)
        nonce = f"{uuid4().hex[:8]}-{next(self._nonces)}"
        # Where the client works as well: what we prepare elsewhere it would not see.
        handed = {"project_id": self.cloud.project_id, "regionId": self.cloud.region}
        usual = {name: value for name, value in handed.items() if name in operation.place.get("properties", {})}
        place = {**usual, **(place or {})}
        sender = Sender(self.cloud.endpoint, self.cloud.access_key_id, SECRET, wall_time(), nonce, place=place)
        wire = provider.compose(operation, parameters, sender)
        connection = http.client.HTTPConnection(self.cloud.host, self.cloud.port, timeout=30)
        try:
            path = f"{wire.path}?{wire.query}" if wire.query else wire.path
            connection.putrequest(wire.method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in wire.headers:
                connection.putheader(name, value)
            if wire.body and wire.header("content-length") is None:
                connection.putheader("Content-Length", str(len(wire.body)))
            connection.endheaders(wire.body or None)
            answer = connection.getresponse()
            reply = WireReply(answer.status, tuple(answer.getheaders()), answer.read())
        finally:
            connection.close()
        body, error = provider.unwrap(reply)
        return Answered(reply, body, error)

    def beside(self, name: str) -> Session:
        """The same adapter on an account of its own at the same mock: both may wait at the same time."""
        own = self.cloud.access_key_id.removeprefix(KEY_ID).strip("-")
        other = Session(self.offer, self.cloud.account("-".join(filter(None, (own, name)))))
        other.deadline = self.deadline
        return other

    @contextmanager
    def open(self) -> Iterator[Session]:
        """End the stage afterwards."""
        try:
            yield self
        finally:
            if self._stage is not None:
                self._stage.close()
            self._stage = None


def _code_of(adapter_class: type[Adapter]) -> Iterator[CodeType]:
    """The code of an adapter's own methods, those that it inherits and its helpers included."""
    for kind in _own_kinds(adapter_class):
        yield from _codes(vars(kind).values())


def _code_beside(adapter_class: type[Adapter]) -> Iterator[CodeType]:
    """The code of the functions in an adapter's module."""
    for kind in _own_kinds(adapter_class):
        module = sys.modules.get(kind.__module__)
        beside = vars(module).values() if module is not None else ()
        yield from _codes(
            value for value in beside if inspect.isfunction(value) and value.__module__ == kind.__module__
        )


def _own_kinds(adapter_class: type[Adapter]) -> list[type[Adapter]]:
    return [kind for kind in adapter_class.__mro__ if kind is not Adapter and issubclass(kind, Adapter)]


def _codes(values: Iterable[Any]) -> Iterator[CodeType]:
    for value in values:
        plain = getattr(value, "__func__", value)  # of a static or class method
        code = getattr(inspect.unwrap(plain) if callable(plain) else None, "__code__", None)
        if isinstance(code, CodeType):
            yield from _with_inner(code)


def _with_inner(code: CodeType) -> Iterator[CodeType]:
    """A function's code and that of the comprehensions and functions within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _with_inner(constant)


def _last_code(problem: BaseException) -> CodeType | None:
    """The code of the function that raised an exception."""
    frames = [frame for frame, _ in traceback.walk_tb(problem.__traceback__)]
    return frames[-1].f_code if frames else None


def _is_member(service: Service, name: str) -> bool:
    return any(_names(operation.input, name) for operation in service.operations.values())


def _names(schema: Any, name: str) -> bool:
    if isinstance(schema, dict):
        return name in schema.get("properties", {}) or any(_names(inner, name) for inner in schema.values())
    return False

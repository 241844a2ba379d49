"""The way of a request through the engine, in order, in one place. No I/O.

route → open → decode → authenticate → fault → validate → behave → encode → journal

`Engine.handle` takes a Wire and gives an Outcome: the answer, and what the server has to do on the wire beside it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Generator
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import orjson

from . import providers
from .callbacks import Callbacks
from .clock import Clock, moment
from .contract.load import Contracts
from .contract.routes import nearest
from .contract.spec import ErrorEntry, Operation, Service
from .contract.validate import Validator
from .faults import ANSWER_FAULTS, WIRE_FAULTS, Fault, Faults
from .gate import KEY_ID, Gate
from .ids import Ids
from .journal import Journal, Notes, packed
from .model import Call, Claim, Refusal, Reply, Violation, Wire, WireReply
from .mutations import mutated
from .redact import Redactor, key_shown
from .state import Account, Settings, World

Json = dict[str, Any]
log = logging.getLogger("mockcloud")

REASON = "X-Mockcloud-Reason"
_BUG = "mockcloud-bug"
_LONGEST_HOST = 260  # no host name with its port is longer
_LONGEST_ASKED = 200  # characters of an unknown path that are repeated and compared


@dataclass(slots=True)
class Outcome:
    """What the server does with a request.

    reply  the answer
    fault  trouble on the wire that the server carries out, or None
    hold   seconds to wait for something to happen before `again` is asked; 0 = answer now
    again  asks for the answer once more; its argument says whether it must be the last one
    leave  says that whoever waited is gone
    """

    reply: WireReply
    account: Account
    fault: Fault | None = None
    hold: float = 0.0
    again: Callable[[bool], Outcome] | None = None
    leave: Callable[[], None] = lambda: None


@dataclass(slots=True)
class _Exchange:
    """One request on its way; what the journal will say of it."""

    wire: Wire
    arrived: int
    call: Call
    account: Account
    violations: tuple[Violation, ...] = ()
    reason: str = ""
    detail: str = ""
    diagnosis: Json | None = None
    fault: Fault | None = None
    service: Service | None = None
    sent: Json | None = None
    claim: Claim | None = None

    def foreign_key_id(self) -> str:
        """The key id that it claims to be from when that is not the mock's, and may be somebody's real one; else ""."""
        key_id = "" if self.claim is None else self.claim.key_id
        return "" if Gate.knows(key_id) else key_id


_Process = Callable[[_Exchange, providers.Provider], Reply]


class Engine:
    """One mock: contracts, accounts, clock, journal, faults, callbacks. Not thread-safe: one thread owns it.

    wake  is called whenever something new may be due or waits in the outbox; the server sets it
    """

    def __init__(
        self,
        settings: Settings | None = None,
        contracts: Contracts | None = None,
        clock: Clock | None = None,
        journal: Journal | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self.contracts = contracts or Contracts(options=self.settings.options)
        self.clock = clock or Clock()
        self.gate = Gate(self.settings.auth, self.clock.wall, self.settings.most_nonces)
        self.journal = journal or Journal(self.settings.most_requests, self.settings.most_journal_bytes)
        self.faults = Faults()
        self.world = World(
            self.settings,
            self.clock,
            stepped=providers.stepped,
            stock=providers.stock,
            deliver=self._deliver,
            gate=self.gate,
            wake=lambda: self.wake(),
        )
        self.callbacks = Callbacks(self.clock.now, self.world.is_current, self.settings.most_callbacks)
        self.wake: Callable[[], None] = lambda: None
        self.bugs = 0
        self.unrouted = 0
        self._provider_of_host = lru_cache(maxsize=256)(self._host_owner)
        self._ids = Ids(f"{self.settings.seed}/requests")
        self._validators: dict[str, Validator] = {}
        self._redactors: dict[str, Redactor] = {}
        self._bare_redactor = Redactor(self.settings.secrets, self.settings.secrets)

    # The way of a request.

    def handle(self, wire: Wire, arrived: int | None = None) -> Outcome:
        """Answer a request. `arrived`: `world.resets` when its head came in, so that a reset since then counts."""
        return self._begin(wire, arrived, self._process)

    def refuse(self, wire: Wire, kind: str, status: int, detail: str = "", arrived: int | None = None) -> Outcome:
        """Answer a request that the server does not take: too large, too slow, too deep.

        kind    whose answer the contract gives ("too-large", "malformed"); also what X-Mockcloud-Reason says
        status  the answer's when the request belongs to no service
        """

        def process(exchange: _Exchange, provider: providers.Provider) -> Reply:
            call = exchange.call
            service = self.contracts.meant(call.provider, call.common.get("version", ""), call.service)
            exchange.service, call.service = service, service.id
            answer = service.refusals.get(kind, service.refusals["default"])
            raise Refusal(answer.code, *(answer.args or ()), variant=answer.variant, reason=kind, detail=detail)

        return self._begin(wire, arrived, process, status)

    def _begin(
        self,
        wire: Wire,
        arrived: int | None,
        process: _Process,
        status: int = 404,
    ) -> Outcome:
        arrived = self.world.resets if arrived is None else arrived
        self.run_due()
        account = self.world.account(KEY_ID, arrived)
        try:
            name = self._route(wire)
            if name is None:
                return self._nobodys(wire, account, status)
            provider = providers.provider(name)
            ids = self._ids if account.is_current else Ids("stale")
            exchange = _Exchange(wire, arrived, provider.open(wire, provider.new_request_id(ids)), account)
            return self._answer(exchange, provider, process)
        except Exception:
            self.bug(f"on {wire.method} {shown(wire.path)}")
            return self._bare(wire, account, 500, "mockcloud itself failed", "its log has the traceback", _BUG)

    def _route(self, wire: Wire) -> str | None:
        named = self._provider_of_host(wire.named.get("host", "")[:_LONGEST_HOST])
        if named is not None:
            return named
        for name in providers.NAMES:
            if providers.provider(name).claims(wire):
                return name
        return None

    def _host_owner(self, header: str) -> str | None:
        """The provider whose own host name a Host header has."""
        host = header.rpartition(":")[0] or header
        if host.replace(".", "").isdigit() or "." not in host:
            return None
        return next((name for name, pattern in self.contracts.hosts() if pattern.fullmatch(host.lower())), None)

    def _process(self, exchange: _Exchange, provider: providers.Provider) -> Reply:
        call = exchange.call
        provider.decode(call, self.contracts.service)
        exchange.service = service = self.contracts.service(call.service)
        self._authenticate(exchange, provider, service)
        if call.deferred is not None:
            raise call.deferred
        self._inject_fault(exchange, service)
        operation = service.operations[call.operation]
        self._validate(exchange, operation, service)
        reply = self._behave(exchange, operation, service)
        return self._bent(exchange, operation, service, reply) if exchange.fault is not None else reply

    def _bent(self, exchange: _Exchange, operation: Operation, service: Service, reply: Reply) -> Reply:
        """The answer as a fault wants it, still in the provider's shape."""
        fault = exchange.fault
        if fault is None or fault.error not in ANSWER_FAULTS:
            return reply
        if fault.error == "state.new-task":
            self._create_another(exchange, service)
        if reply.body is None or not fault.error.startswith("answer.") or fault.error == "answer.rootless":
            return reply
        body = mutated(fault.error.partition(".")[2], fault.args, reply.body, operation, service)
        return replace(reply, body=body)

    def _create_another(self, exchange: _Exchange, service: Service) -> None:
        """One more task like the newest, made by the operation that creates tasks."""
        state = exchange.account.service(service)
        newest = next(reversed(list(state.tasks)), None)
        if newest is None:
            return
        operation = service.operations[newest.operation]
        call = replace(exchange.call, operation=newest.operation, parameters=deepcopy(newest.request))
        providers.behaviour(service.id, operation.behave)(call, state)

    def _authenticate(self, exchange: _Exchange, provider: providers.Provider, service: Service) -> None:
        call = exchange.call
        if self.gate.mode == "off":
            return
        operation = service.operations.get(call.operation)
        if operation is not None and operation.group == "open":
            return
        claim = exchange.claim = provider.credentials(call, service)
        if self.gate.mode == "strict":
            # A request from before a reset must not use up a nonce after it.
            is_stale = self.world.is_stale(self.gate.account(claim.key_id), exchange.arrived)
            gate = Gate(self.gate.mode, self.gate.wall) if is_stale else self.gate
            call.account = provider.verify(call, claim, service, gate)
        else:
            known = self.gate.token(claim.token) if claim.token else None
            call.account = known[0] if known else self.gate.account(claim.key_id)
        exchange.account = self.world.account(call.account, exchange.arrived)

    def _inject_fault(self, exchange: _Exchange, service: Service) -> None:
        call = exchange.call
        if not len(self.faults) or not self.world.is_current(exchange.account):
            return
        exchange.fault = fault = self.faults.take(service.id, call.operation, call.account)
        if fault is None or not fault.is_code:
            return
        fill = fault.args if isinstance(fault.args, list | tuple) else fault.args.values()
        raise Refusal(
            fault.error.partition("/")[0],
            *map(str, fill),
            variant=fault.error.partition("/")[2],
            reason="fault",
            detail=f"fault {fault.id} was asked for",
        )

    def _validate(self, exchange: _Exchange, operation: Operation, service: Service) -> None:
        call = exchange.call
        validator = self._validators.get(operation.id)
        if validator is None:
            validator = self._validators[operation.id] = Validator(operation, service)
        exchange.sent = call.parameters
        verdict = validator(call.parameters, call.textual)
        exchange.violations = verdict.violations
        call.parameters = verdict.parameters
        if verdict.refusal is not None:
            raise verdict.refusal

    def _behave(self, exchange: _Exchange, operation: Operation, service: Service) -> Reply:
        if exchange.fault is not None and WIRE_FAULTS.get(exchange.fault.error, ("after",))[0] == "before":
            return Reply(None, operation.status)
        behaviour = providers.behaviour(service.id, operation.behave)
        result = behaviour(exchange.call, exchange.account.service(service))
        return result if isinstance(result, Reply) else Reply(result, operation.status)

    # The way back.

    def _answer(self, exchange: _Exchange, provider: providers.Provider, process: _Process) -> Outcome:
        try:
            try:
                reply = process(exchange, provider)
                answer = provider.encode(exchange.call, reply)
                if exchange.fault is not None and exchange.fault.error == "answer.rootless":
                    answer = _rootless(answer)
                if reply.hold > 0:
                    return self._held(exchange, provider, answer, reply.hold)
                self.world.hold(exchange.account, len(exchange.wire.body) + len(exchange.wire.query))
            except Refusal as refusal:
                answer = self._refused(exchange, provider, refusal)
        except Exception:
            answer = self._bug(exchange, provider)
        self._record(exchange, answer)
        self.run_due()
        return Outcome(answer, exchange.account, exchange.fault)

    def _held(self, exchange: _Exchange, provider: providers.Provider, answer: WireReply, hold: float) -> Outcome:
        def again(is_last: bool) -> Outcome:
            def process(exchange: _Exchange, provider: providers.Provider) -> Reply:
                service = self.contracts.service(exchange.call.service)
                renewed = self._behave(exchange, service.operations[exchange.call.operation], service)
                return Reply(renewed.body, renewed.status, renewed.headers) if is_last else renewed

            return self._answer(exchange, provider, process)

        def leave() -> None:
            exchange.reason = "client-gone"
            self._record(exchange, answer)

        return Outcome(answer, exchange.account, exchange.fault, hold, again, leave)

    def _refused(self, exchange: _Exchange, provider: providers.Provider, refusal: Refusal) -> WireReply:
        call = exchange.call
        # What was refused before it was decoded is redacted by the names of the service that it seems to be for.
        service = exchange.service = exchange.service or self.contracts.service(call.service)
        entry = service.error(refusal.code, refusal.variant, call.operation)
        exchange.reason = refusal.reason or refusal.code
        exchange.detail = refusal.detail
        if key_id := exchange.foreign_key_id():
            exchange.detail = refusal.detail.replace(key_id, key_shown(key_id))
        exchange.diagnosis = refusal.diagnosis
        # What was ignored or only warned of stays, when something else is refused later.
        if refusal.violations is not exchange.violations:
            exchange.violations += refusal.violations
        answer = provider.refuse(call, entry, worded(entry, refusal.fill, service, call.operation))
        self._log_refusal(exchange, refusal)
        return WireReply(answer.status, (*answer.headers, (REASON, exchange.reason)), answer.body)

    def _log_refusal(self, exchange: _Exchange, refusal: Refusal) -> None:
        if not log.isEnabledFor(logging.WARNING):
            return
        call, redactor = exchange.call, self._redactor(exchange.service)
        where = f"{call.service}.{shown(call.operation)[:_LONGEST_ASKED] or '?'}"
        broken = next((found for found in refusal.violations if found.rule == exchange.reason), None)
        cites = f" ({broken.cite})" if broken is not None else ""
        detail = shown(redactor.text(exchange.detail))
        log.warning("%s refused with %s: %s%s [%s]", where, refusal.code, detail, cites, exchange.reason)
        if refusal.diagnosis:
            log.warning("signature: %s", packed(refusal.diagnosis, redactor).decode())

    def _bug(self, exchange: _Exchange, provider: providers.Provider) -> WireReply:
        self.bug(f"in {exchange.call.service}.{shown(exchange.call.operation)}")
        service = self.contracts.service(exchange.call.service)
        answer = service.refusals.get("internal", service.refusals["default"])
        refusal = Refusal(answer.code, *(answer.args or ()), variant=answer.variant, reason=_BUG)
        return self._refused(exchange, provider, refusal)

    def _record(self, exchange: _Exchange, answer: WireReply) -> None:
        account, call = exchange.account, exchange.call
        if not self.world.is_current(account):
            return
        notes = Notes(
            time=self.clock.now(),
            account=account.name,
            service=call.service,
            operation=call.operation,
            parameters=call.parameters if exchange.sent is None else exchange.sent,
            is_body=call.is_body,
            violations=exchange.violations,
            reason=exchange.reason,
            detail=exchange.detail,
            diagnosis=exchange.diagnosis,
            request_id=call.request_id,
            fault="" if exchange.fault is None else exchange.fault.error,
        )
        if key_id := exchange.foreign_key_id():
            body = answer.body.replace(key_id.encode("utf-8", "replace"), key_shown(key_id).encode("utf-8", "replace"))
            answer = WireReply(answer.status, answer.headers, body)
        self.journal.add(exchange.wire, answer, self._redactor(exchange.service), notes)

    def _redactor(self, service: Service | None) -> Redactor:
        if service is None:
            return self._bare_redactor
        found = self._redactors.get(service.id)
        if found is None:
            secrets, more = service.secrets, self.settings.secrets
            found = Redactor((*secrets["headers"], *more), (*secrets["parameters"], *more))
            self._redactors[service.id] = found
        return found

    def _nobodys(self, wire: Wire, account: Account, status: int) -> Outcome:
        asked = f"{wire.method} {wire.path}"[:_LONGEST_ASKED]
        hints = (nearest(service, asked) for service in self.contracts.services())
        hint = next((hint for hint in hints if hint), "")
        error = f"{asked} belongs to no service that mockcloud knows{hint}"
        log.warning("%s [unrouted]", error)
        self.unrouted += account.is_current
        return self._bare(wire, account, status, error, "`mockcloud services` lists what is served", "unrouted")

    def _bare(self, wire: Wire, account: Account, status: int, error: str, hint: str, reason: str) -> Outcome:
        body = orjson.dumps({"error": shown(error), "hint": hint})
        answer = WireReply(status, (("Content-Type", "application/json"), (REASON, reason)), body)
        if account.is_current:
            notes = Notes(self.clock.now(), account.name, reason=reason, detail=error)
            self.journal.add(wire, answer, self._bare_redactor, notes)
        return Outcome(answer, account)

    # Time, and starting over.

    def run_due(self, until: float | None = None) -> int:
        """Do what is due by now (or by a moment), in order; how many things that were."""
        if not self.world.agenda:
            return 0
        done = 0
        limit = self.clock.now() if until is None else until
        while (entry := self.world.agenda.pop(limit)) is not None:
            due, action = entry
            try:
                action(due)
            except Exception:
                self.bug(f"in what was due at {stamp(due)}")
            done += 1
        if done:
            self.wake()
        return done

    def moves(self, target: float) -> Generator[None]:
        """Move the clock to a moment, in steps: what falls due on the way happens at its moment, in order.

        A step ends when something has happened; whoever takes the steps may post deliveries between them. A reset
        ends the way. The clock stands still meanwhile. Backwards nothing happens, see `World.rewind`.
        """
        clock, resets = self.clock, self.world.whole_resets
        was_frozen = clock.is_frozen
        clock.freeze()
        try:
            if target < clock.now():
                self.world.rewind(target)
            while (due := self.world.agenda.next_due()) is not None and due <= target:
                clock.set(max(due, clock.now()))
                self.run_due(clock.now())
                yield
                if self.world.whole_resets != resets:
                    return
            clock.set(max(target, clock.now()))
        finally:
            if not was_frozen and self.world.whole_resets == resets:
                clock.resume()

    def advance(self, seconds: float) -> None:
        """Move the clock on and do what falls due, without posting anything."""
        for _ in self.moves(self.clock.now() + seconds):
            continue

    def bug(self, where: str) -> None:
        """Count and log a failure of our own; to be called where its exception is handled."""
        self.bugs += 1
        log.exception("mockcloud itself failed %s", where)

    def _deliver(self, delivery: Any, account: Account) -> None:
        self.callbacks.add(delivery, account)
        self.wake()

    def reset(self, account: str | None = None) -> None:
        """State, journal, faults, callbacks and clock back to the start; with an account, only what is its own."""
        self.world.reset(account)
        self.gate.reset(account)
        self.journal.clear(account)
        self.faults.clear(account)
        self.callbacks.clear(account)
        if account is None:
            self._ids = Ids(f"{self.settings.seed}/requests")
            self.bugs = self.unrouted = 0
        self.wake()


_ROOT = re.compile(rb"^(?:<\?xml[^>]*\?>\s*)?<(\w+)>(.*)</\1>\s*$", re.DOTALL)


def _rootless(answer: WireReply) -> WireReply:
    """An XML answer without declaration and root element, as one documented sample shows it."""
    found = _ROOT.match(answer.body)
    return answer if found is None else replace(answer, body=found[2])


def worded(entry: ErrorEntry, fill: tuple[str, ...], service: Service, operation: str) -> str:
    """An error's message with its %s filled, in order; what was not given is the first required parameter's name."""
    message = entry.message
    places = message.count("%s")
    if not places:
        return message
    found = service.operations.get(operation)
    spare = found.first_parameter if found is not None else ""
    words = [*fill[:places], *[spare] * (places - len(fill))]
    parts = message.split("%s")
    return "".join(part + (words[place] if place < places else "") for place, part in enumerate(parts))


def shown(text: str) -> str:
    """Text that came from outside, fit for a line of the log and for JSON: no control characters, no surrogates."""
    if text.isascii() and text.isprintable():
        return text
    whole = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in whole)


def stamp(seconds: float) -> str:
    """A moment as the admin interface writes it: ISO 8601, UTC, milliseconds."""
    return moment(seconds).isoformat(timespec="milliseconds").replace("+00:00", "Z")

"""Sequences of calls, for the nightly run: tasks are created, queried, cancelled, awaited and listed in any order.

    from mockcloud.check import machine
    TestSequences = machine(Gifs)

What must hold at every step: no request breaks a documented rule, ids come back, lists are complete, a cancelled task
is not taken for a success. The directed checks find the same mistakes faster; this finds what only an order shows.
"""

from __future__ import annotations

import unittest
from collections.abc import Iterator
from contextlib import ExitStack
from math import inf
from time import monotonic
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, multiple, rule, run_state_machine_as_test

from .. import start
from ..contract.load import Contracts
from ..contract.spec import Operation
from ..model import Misuse
from .adapter import Adapter, Offer, narrowed
from .battery import MACHINE, Options, meet, offer_of, open_session
from .catalog.trouble import OURS
from .findings import Case, ContractViolation, Finding, ItemResult, adapter_name
from .quiet import quiet
from .rules import is_contested
from .session import CutShort, Ending, Session
from .strategies import requests_for
from .verdicts import UNDECIDED, UNREACHABLE, is_documented, judge

Json = dict[str, Any]

SAYS = "in any order of calls no request breaks a rule, ids come back, lists are complete"
_MOST_IDS = 24
_MOST_AT_ONCE = 11
_LOST = ("unrouted", "unserved", "unknown-operation", "wrong-method")


def machine(
    adapter_class: type[Adapter], *, max_examples: int = 50, steps: int = 20, random_seed: int | None = None
) -> type[unittest.TestCase]:
    """A TestCase that tries sequences of calls on a client; assign it to a name that pytest collects.

    max_examples  sequences, of at most `steps` calls each
    random_seed   None: another one each time
    Misuse: the adapter is wrong, or does not create tasks.
    """
    offer = offer_of(adapter_class, Contracts())
    kind = _machine_of(offer, steps)
    if random_seed is not None:
        seed(random_seed)(kind)
    chosen = _settings(max_examples, steps)

    class Sequences(unittest.TestCase):
        """Sequences of calls on one adapter's client, against a mock of its own."""

        stack: ExitStack

        @classmethod
        def setUpClass(cls) -> None:
            cls.stack = ExitStack()
            cls.stack.enter_context(quiet())
            cloud = cls.stack.enter_context(start())
            options = Options(seed=random_seed or 0)
            kind.session = cls.stack.enter_context(open_session(offer, cloud, options).open())
            meet(kind.session)

        @classmethod
        def tearDownClass(cls) -> None:
            cls.stack.close()

        def test_sequences(self) -> None:
            """Any order of calls."""
            run_state_machine_as_test(kind, settings=chosen)

    Sequences.__name__ = Sequences.__qualname__ = f"Sequences_{adapter_class.__name__}"
    Sequences.__module__ = adapter_class.__module__
    return Sequences


def machine_check(session: Session, result: ItemResult, examples: int, steps: int = 20) -> Iterator[Finding]:
    """The same as an item of the battery."""
    if "create" not in session.offer.roles:
        result.word, result.note = "skipped", "the adapter does not create tasks"
        return
    kind = _machine_of(session.offer, steps)
    kind.session = session
    # Hypothesis takes it amiss when a sequence ends before its time, so time is looked at between them.
    kind.until, session.deadline = session.deadline, inf
    seed(session.seed)(kind)
    try:
        run_state_machine_as_test(kind, settings=_settings(examples, steps))
    except (ContractViolation, CutShort):
        if kind.found is None:
            raise
        yield kind.found
    finally:
        result.judged += kind.made


def _settings(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )


class _Sequence(RuleBasedStateMachine):
    """One sequence. `tasks`: the ids that the client was given, by their text; `cancelled`: those of them that are."""

    session: Session
    until = inf
    found: Finding | None = None
    made = 0

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[Json] = []
        self.tasks: dict[str, Any] = {}
        self.cancelled: set[str] = set()
        self.session.fresh()
        self.session.prepare(_given(_created(self.session.offer)))
        type(self).made += 1

    def teardown(self) -> None:
        """End the search when its time is over."""
        if monotonic() > self.until:
            raise CutShort

    def ask(self, role: str, *arguments: Any) -> Ending:
        """One call; whatever it sends breaks no rule, however it ends."""
        session = self.session
        session.forget()
        operation = session.service.operations[session.offer.roles[role]]
        ending = session.ask(role, *arguments, operation=operation.name)
        self.steps.append({"call": role, "with": list(arguments), "ended": ending.says})
        for record in ending.all:
            broken = _broken(session, record)
            if broken or record["reason"] in _LOST:
                self.fail(operation, "a request of a sequence breaks a rule", ", ".join(broken) or record["detail"])
        if ending.word in ("crashed", "hung", "endless"):
            self.fail(operation, "a call of a sequence does not end cleanly", ending.says)
        return ending

    def fail(self, operation: Operation, title: str, detail: str) -> None:
        """Say what went wrong, with all the steps that led there."""
        case = Case(f"a sequence of {len(self.steps)} steps", list(self.steps), None, detail)
        kind = type(self)
        again = f"--check {MACHINE} --seed {self.session.seed}"
        kind.found = Finding(MACHINE, operation.id, title, SAYS, OURS, (case,), kind.made, MACHINE, again=again)
        raise ContractViolation(kind.found.text(adapter_name(self.session.offer)))


def _broken(session: Session, record: Json) -> list[str]:
    """The documented rules that a request breaks, whatever state the mock is in."""
    operation = session.service.operations.get(record["operation"])
    judged = (
        {rule.id for rule in operation.rules if is_documented(rule) and rule.effect == "reject"} if operation else ()
    )
    return [found["rule"] for found in record["violations"] if found["rule"] in judged]


def _machine_of(offer: Offer, steps: int) -> Any:
    if "create" not in offer.roles:
        raise Misuse(f"{offer.adapter_class.__name__} does not create tasks", "sequences need create(self, client, p)")
    ids: Any = Bundle("ids")
    moments = st.sampled_from((0.5, 1.0, 5.0))
    requests, numbers = _requests(offer), st.sampled_from((1, 1, 2, _MOST_AT_ONCE))
    rules: dict[str, Any] = {
        "begin": initialize(target=ids, p=requests, number=numbers)(_begin),  # type: ignore[no-untyped-call]
        "create": rule(target=ids, p=requests)(_create),  # type: ignore[no-untyped-call]
        "time_passes": rule(seconds=moments)(_time_passes),
    }
    if "query" in offer.roles:
        several = st.lists(ids, min_size=1, max_size=_MOST_IDS, unique_by=str)
        rules["query"] = rule(wanted=several)(_query)
        rules["query_all"] = rule()(_query_all)
    if "cancel" in offer.roles:
        rules["cancel"] = rule(task=ids)(_cancel)
    if "wait" in offer.roles:
        rules["wait"] = rule(task=ids)(_wait)
    # A list without states holds something else than tasks.
    if "list" in offer.roles and offer.service.roles["list"].get("status"):
        rules["list_all"] = rule()(_list)
    return type(f"Sequence_{offer.adapter_class.__name__}", (_Sequence,), rules)


def _created(offer: Offer) -> Operation:
    return offer.operation(offer.roles["create"])


def _given(operation: Operation) -> tuple[Json, ...]:
    example = next(example for example in operation.examples if "error" not in example)
    return tuple(example.get("given", ()))


def _requests(offer: Offer) -> st.SearchStrategy[Json]:
    """Allowed requests, as far as the client's interface can express them."""
    operation = _created(offer)
    own = requests_for(operation.id, "boundary").map(lambda request: narrowed(offer, request))
    return own.filter(lambda p: not offer.broken(operation, p) and not is_contested(operation.input, p))


def _create(self: _Sequence, p: Json) -> Any:
    session, operation = self.session, _created(self.session.offer)
    asked = session.filled(p)
    ending = self.ask("create", asked)
    verdict = judge(session, operation, asked, ending, frozenset())
    if verdict.is_finding:
        self.fail(operation, "allowed input does not go through in a sequence", f"{verdict.word}: {verdict.detail}")
    if verdict.word in (UNREACHABLE, UNDECIDED):
        return multiple()
    self.tasks[str(ending.value)] = ending.value
    return ending.value


def _begin(self: _Sequence, p: Json, number: int) -> Any:
    """Some tasks to begin with, sometimes more than fit one request."""
    for _ in range(number):
        _create(self, p)
    return multiple(*self.tasks.values())


def _time_passes(self: _Sequence, seconds: float) -> None:
    self.session.cloud.clock.advance(seconds)
    self.steps.append({"seconds that pass": seconds})


def _query(self: _Sequence, wanted: list[Any]) -> None:
    ending = self.ask("query", wanted)
    if ending.word in ("cannot", "refused") and not ending.requests:
        return  # so many at once are more than it takes
    came = sorted(self.session.ids(ending)) if ending.word == "returned" else []
    if came != sorted(map(str, wanted)):
        operation = self.session.service.operations[self.session.offer.roles["query"]]
        self.fail(operation, "ids do not come back in a sequence", f"asked {len(wanted)} ids; {ending.says}")


def _query_all(self: _Sequence) -> None:
    """All that there are: more than chance picks."""
    if self.tasks:
        _query(self, list(self.tasks.values())[:_MOST_IDS])


def _cancel(self: _Sequence, task: Any) -> None:
    ending = self.ask("cancel", task)
    is_cancelled = _phase(self.session, task) == "cancelled"
    if is_cancelled:
        self.cancelled.add(str(task))
    if ending.word == "returned" and not is_cancelled:
        operation = self.session.service.operations[self.session.offer.roles["cancel"]]
        self.fail(operation, "a refusal to cancel is taken for success", ending.says)


def _wait(self: _Sequence, task: Any) -> None:
    ending = self.ask("wait", task)
    is_lost = str(task) in self.cancelled
    if ending.word == "cannot" or (ending.word == "returned") != is_lost:
        return
    operation = self.session.service.operations[self.session.offer.roles["wait"]]
    title = "a cancelled task is taken for success" if is_lost else "a task that succeeds is not taken for success"
    self.fail(operation, title, ending.says)


def _list(self: _Sequence) -> None:
    ending = self.ask("list", {})
    came = sorted(self.session.ids(ending)) if ending.word == "returned" else []
    if ending.word != "cannot" and came != sorted(self.tasks):
        operation = self.session.service.operations[self.session.offer.roles["list"]]
        self.fail(operation, "a list is not complete in a sequence", f"{len(self.tasks)} tasks; {ending.says}")


def _phase(session: Session, task: Any) -> str:
    phase: str = session.cloud.admin("GET", f"/tasks/{task}?service={session.service.id}")["phase"]
    return phase


__all__ = ["machine", "machine_check"]

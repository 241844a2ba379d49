"""A loaded contract as values. Made by `load`, read by everyone, changed by nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from re import Pattern
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .expression import Expression

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """Which error answers a violation: code, variant of its message, templates that fill its %s."""

    code: str
    variant: str = ""
    args: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ErrorEntry:
    """One row of a provider's error table."""

    code: str
    status: int
    message: str
    cite: str
    variant: str = ""
    retry: str = "never"
    note: str = ""
    task: bool = False
    table: str = "service"


@dataclass(frozen=True, slots=True)
class Rule:
    """One documented limit, with one id and one citation.

    id      full ("huawei-mpc.CreateAnimatedGraphicsTask.output_param.width.range")
    kind    required type enum range step length bytes min-items max-items unique pattern format json
            read-only unknown-parameter ignored rule state
    path    segments from the root of the parameters; "[]" stands for each item of a list
    limits  what the kind needs: {"min", "max", "step", "literals", "values", "required", ...}
    basis   "documented" | "sdk" | "assumed"; side "client" | "server"
    """

    id: str
    service: str
    operation: str
    kind: str
    path: tuple[str, ...]
    cite: str
    limits: Mapping[str, Any] = field(default_factory=dict)
    when: Expression | None = None
    must: Expression | None = None
    check: str = ""
    ignores: tuple[str, ...] = ()
    effect: str = "reject"
    side: str = "client"
    basis: str = "documented"
    answer: Answer | None = None
    text: str = ""
    blame: tuple[str, ...] = ()
    points: tuple[Json, ...] = ()

    @property
    def tail(self) -> str:
        """The id inside its operation ("output_param.width.range")."""
        return self.id.split(".", 2)[2]


@dataclass(frozen=True, slots=True)
class Family:
    """The life cycle of one kind of task, in the provider's own status words.

    error  schema of what a failed task carries where no table lists the codes; {} = anything
    """

    name: str
    steps: tuple[str | int, ...]
    queued: int
    failed: str | int | None
    cancelled: str | int | None
    cite: str
    error: Json = field(default_factory=dict)

    def words(self) -> tuple[str | int, ...]:
        """Every status word, life cycle order first."""
        return self.steps + tuple(word for word in (self.failed, self.cancelled) if word is not None)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource that can be put in place."""

    name: str
    key: str
    fields: Json
    samples: tuple[Json, ...]
    cite: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One served operation. `version` is that of its service."""

    id: str
    name: str
    service: str
    version: str
    title: str
    method: str
    path: str
    action: str
    group: str
    depth: str
    status: int
    sources: tuple[str, ...]
    input: Json
    place: Json
    output: Json | None
    rules: tuple[Rule, ...]
    errors: tuple[str, ...]
    own_errors: tuple[ErrorEntry, ...]
    family: str
    behave: str
    examples: tuple[Json, ...]
    quirks: tuple[str, ...]
    paged: tuple[str, ...]
    conflicts: tuple[Json, ...]

    @property
    def first_parameter(self) -> str:
        """The first required parameter, one of its own before one of its path; where none is required, the first."""
        required = (*self.input.get("required", ()), *self.place.get("required", ()))
        return next(iter((*required, *self.input.get("properties", {}))), "")

    def rule(self, tail: str) -> Rule:
        """The rule with this id inside the operation. KeyError when there is none."""
        wanted = f"{self.id}.{tail}"
        for rule in self.rules:
            if rule.id == wanted:
                return rule
        raise KeyError(wanted)


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path pattern that mean an operation; served ones come before those that are only documented."""

    operation: str
    method: str
    pattern: Pattern[str]
    is_served: bool


@dataclass(frozen=True, slots=True)
class Service:
    """One service with all that its files say. routes: by the number of slashes in their paths."""

    id: str
    provider: str
    title: str
    version: str
    sources: Mapping[str, str]
    hosts: tuple[str, ...]
    operations: Mapping[str, Operation]
    unserved: Mapping[str, Json]
    errors: tuple[ErrorEntry, ...]
    refusals: Mapping[str, Answer]
    order: tuple[str, ...]
    families: Mapping[str, Family]
    kinds: Mapping[str, Kind]
    roles: Json
    options: Json
    behaviours: tuple[Json, ...]
    limits: Mapping[str, Any]
    secrets: Json
    conflicts: tuple[Json, ...]
    routes: Mapping[int, tuple[Route, ...]]

    def error(self, code: str, variant: str = "", operation: str = "") -> ErrorEntry:
        """The row for a code, as the operation documents it where it differs. KeyError when undocumented."""
        own = self.operations[operation].own_errors if operation in self.operations else ()
        for entry in (*own, *self.errors):
            if entry.code == code and (not variant or entry.variant == variant):
                return entry
        raise KeyError(f"{self.id}: no error {code}{'/' + variant if variant else ''}")

    def limit(self, name: str) -> float:
        """A documented number of the provider ("clock-skew", in seconds). KeyError when absent."""
        return float(self.limits[name]["value"])

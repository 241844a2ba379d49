"""YAML to contracts. The only module that knows YAML; refuses what docs/contracts.md does not name.

Services are read when first asked for, so that a server starts before it has read what nobody uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from .build import build_service
from .form import ContractError
from .spec import Service

Json = dict[str, Any]
FORMAT = 1

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    """JSON's implicit types only, and no key twice."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"null", "n"),
    ("int", r"-?(0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?", "-0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), [*_first])
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^$"), [""])


def _mapping(loader: Any, node: Any) -> Json:
    loader.flatten_mapping(node)
    found: Json = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise ContractError("a key is no text", f"line {key_node.start_mark.line + 1}")
        key: str = key_node.value
        if key in found:
            raise ContractError(f"the key {key!r} stands twice", f"line {key_node.start_mark.line + 1}")
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(text: str, name: str) -> Json:
    """One document as a mapping. ContractError: not YAML, a key twice, not a mapping."""
    try:
        found = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader, see above
    except (yaml.YAMLError, ValueError) as problem:
        raise ContractError(f"{name}: not YAML", str(problem)) from problem
    except ContractError as problem:
        raise ContractError(f"{name}: {problem.text}", problem.hint) from problem
    except RecursionError as problem:
        raise ContractError(f"{name}: nested too deep", "no contract needs a tenth of that") from problem
    if not isinstance(found, dict):
        raise ContractError(f"{name}: a contract is a mapping", f"found {type(found).__name__}")
    return found


def contracts_root() -> Path:
    """Where the contracts are: inside the installed package, else beside it in the checkout."""
    package = Path(__file__).parent.parent
    installed = package / "_contracts"
    return installed if installed.is_dir() else package.parent / "contracts"


# The services that this package brings, read once in a process, whatever number of mocks and suites it has.
_shipped: dict[tuple[str, str], Service] = {}


class Contracts:
    """All contracts under a folder; a service is read when first asked for.

    options: the user's switches, for errors that depend on one.
    """

    def __init__(self, root: Path | None = None, options: Mapping[str, Any] | None = None) -> None:
        self._options = options or {}
        self._is_shipped = root is None
        self.root = root if root is not None else contracts_root()
        self._services: dict[str, Service] = {}
        self._hosts: list[tuple[str, re.Pattern[str]]] | None = None
        folders = sorted(path.parent for path in self.root.glob("*/*/service.yaml"))
        self._folders: Mapping[str, Path] = {f"{path.parent.name}-{path.name}": path for path in folders}

    def ids(self) -> tuple[str, ...]:
        """The ids of all services, sorted."""
        return tuple(self._folders)

    def of_provider(self, provider: str) -> tuple[str, ...]:
        """The ids of one provider's services."""
        return tuple(name for name, folder in self._folders.items() if folder.parent.name == provider)

    def service(self, service_id: str) -> Service:
        """One service. KeyError: no such service. ContractError: its files are wrong."""
        found = self._services.get(service_id)
        if found is None:
            found = self._services[service_id] = self._known_or_read(service_id)
        return found

    def _known_or_read(self, service_id: str) -> Service:
        if not self._is_shipped:
            return self._read(self._folders[service_id])
        key = (service_id, repr(sorted(self._options.items())))
        found = _shipped.get(key)
        if found is None:
            found = _shipped[key] = self._read(self._folders[service_id])
        return found

    def meant(self, provider: str, version: str, guess: str) -> Service:
        """The provider's service of an API version, the one that was guessed when it has no such version."""
        services = map(self.service, self.of_provider(provider))
        return next((found for found in services if found.version == version), None) or self.service(guess)

    def hosts(self) -> list[tuple[str, re.Pattern[str]]]:
        """(provider, pattern) of every host name that a provider documents as its own."""
        if self._hosts is None:
            self._hosts = [
                (folder.name, re.compile(re.escape(pattern).replace(r"\*", r"[^.]+")))
                for folder in sorted({folder.parent for folder in self._folders.values()})
                for patterns in _document(folder / "provider.yaml").get("hosts", {}).values()
                for pattern in patterns
            ]
        return self._hosts

    def services(self) -> Iterable[Service]:
        """All services, read."""
        return [self.service(name) for name in self.ids()]

    def _read(self, folder: Path) -> Service:
        files = sorted(path for path in folder.glob("*.yaml") if path.name != "service.yaml")
        return build_service(
            _document(folder.parent / "provider.yaml"),
            _document(folder / "service.yaml"),
            {path.stem: _document(path) for path in files},
            self._options,
        )


def _document(path: Path) -> Json:
    name = f"{path.parent.name}/{path.name}"
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as problem:
        raise ContractError(f"{name}: not UTF-8", str(problem)) from problem
    return read_yaml(text, name)

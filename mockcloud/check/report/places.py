"""Where in the user's repository a finding belongs: the adapter's method that leads to the mistake."""

from __future__ import annotations

import inspect
from pathlib import Path

from ..adapter import Offer


def location(offer: Offer, subject: str) -> tuple[str, int]:
    """(file relative to the repository, line) of the adapter's method for a rule or operation; ("", 1) if unknown."""
    kind = offer.adapter_class
    operation = subject.split(".")[1] if "." in subject else ""
    by_role = {name: role for role, name in offer.roles.items()}
    method = offer.operations.get(operation) or by_role.get(operation)
    found = getattr(kind, method, kind) if method else kind
    for looked_at in (inspect.unwrap(found), kind):
        try:
            path = inspect.getsourcefile(looked_at)
            line = inspect.getsourcelines(looked_at)[1]
        except (OSError, TypeError):
            continue  # made at run time, or by a decorator that hides what it wraps
        if path:
            return _in_repository(Path(path).resolve()), max(line, 1)
    return "", 1


def _in_repository(path: Path) -> str:
    root = next((folder for folder in path.parents if (folder / ".git").exists()), Path.cwd())
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name

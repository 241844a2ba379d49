"""Where callbacks may go: loopback, and hosts that the user named.

Every address of a name is checked, and the connection goes to exactly the one that was.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit


class Refused(Exception):
    """This is not an address that the mock may post to."""


@dataclass(frozen=True, slots=True)
class Address:
    """A checked target: `url` holds the address in figures, `host_header` and `server_hostname` the name."""

    url: str
    host_header: str
    server_hostname: str | None


async def checked_address(url: str, allowed: tuple[str, ...]) -> Address:
    """Resolve a callback URL once and check every address. Refused: says why."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as problem:
        raise Refused(f"not a URL: {problem}") from problem
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise Refused("only http and https URLs with a host are called")
    if parts.username is not None:
        raise Refused("a URL with credentials is not called")
    is_named = host.lower() in {name.lower() for name in allowed}
    addresses = await _resolved(host, port)
    for address in addresses:
        if not is_named and not address.is_loopback:
            raise Refused(f"{host} is not loopback; allow it with --callback-host {host}")
        if is_named and (address.is_multicast or address.is_unspecified):
            raise Refused(f"{host} resolves to {address}, which no callback goes to")
    literal = f"[{addresses[0]}]" if addresses[0].version == 6 else str(addresses[0])
    target = urlunsplit((parts.scheme, f"{literal}:{port}", parts.path or "/", parts.query, ""))
    return Address(target, parts.netloc, host if parts.scheme == "https" else None)


async def _resolved(host: str, port: int) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise Refused(f"{host} cannot be resolved") from problem
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    plain = [getattr(address, "ipv4_mapped", None) or address for address in addresses]
    if not plain:
        raise Refused(f"{host} has no address")
    return plain

"""Where callbacks may go: loopback, and hosts that the user named.

Every address of a name is checked, and the connection goes to exactly the one that was. A name that the user did not
list is never looked up, so that nothing leaves the machine for it.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit, urlunsplit

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


class Refused(Exception):
    """This is not an address that the mock may post to."""


@dataclass(frozen=True, slots=True)
class Address:
    """A checked target: `urls` hold its addresses in figures, `host_header` and `server_hostname` the name."""

    urls: tuple[str, ...]
    host_header: str
    server_hostname: str | None


async def checked_address(url: str, allowed: tuple[str, ...], own_ports: Collection[int] = ()) -> Address:
    """Resolve a callback URL once and check every address. Refused: says why.

    own_ports  where the mock itself listens; a callback to it could command it
    """
    parts, host, port = _read(url)
    is_named = host.lower() in {name.lower() for name in allowed}
    addresses = await _resolved(host, port, is_named)
    for address in addresses:
        _check(host, address, is_named, allowed)
    if port in own_ports and any(address.is_loopback for address in addresses):
        raise Refused("this is the mock itself, which calls nobody there")
    literals = dict.fromkeys(f"[{address}]" if address.version == 6 else str(address) for address in addresses)
    urls = (urlunsplit((parts.scheme, f"{one}:{port}", parts.path or "/", parts.query, "")) for one in literals)
    return Address(tuple(urls), parts.netloc, host if parts.scheme == "https" else None)


def _read(url: str) -> tuple[SplitResult, str, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as problem:
        raise Refused(f"not a URL: {problem}") from problem
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused("only http and https URLs with a host are called")
    if parts.username is not None:
        raise Refused("a URL with credentials is not called")
    return parts, parts.hostname, port


def _check(host: str, address: Ip, is_named: bool, allowed: tuple[str, ...]) -> None:
    if address.is_loopback:
        return
    if not is_named:
        raise Refused(f"{host} is not loopback; allow it with --callback-host {host}")
    if address.is_multicast or address.is_unspecified:
        raise Refused(f"{host} resolves to {address}, which no callback goes to")
    if address.is_link_local and str(address) not in allowed:
        # Among these are the addresses that machines in a cloud get their own credentials from.
        raise Refused(f"{host} resolves to {address}, which is link-local; list the address itself to allow it")


async def _resolved(host: str, port: int, is_named: bool) -> list[Ip]:
    """All addresses of a host; one that is not named is read as figures (also 127.1, 0x7f000001), never looked up."""
    is_looked_up = is_named or host.lower() == "localhost"
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=0 if is_looked_up else socket.AI_NUMERICHOST
        )
    except (OSError, UnicodeError) as problem:
        if not is_looked_up:
            raise Refused(f"{host} is not loopback; allow it with --callback-host {host}") from problem
        raise Refused(f"{host} cannot be resolved") from problem
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    plain = [getattr(address, "ipv4_mapped", None) or address for address in addresses]
    if not plain:
        raise Refused(f"{host} has no address")
    return plain

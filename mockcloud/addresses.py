"""Where callbacks may go: loopback, and hosts that the user named.

Every address of a name is checked, and the connection goes to exactly the one that was. A name that the user did not
list is never looked up, so that nothing leaves the machine for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import threading
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit, urlunsplit

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
# Where machines in a cloud get their own credentials and settings from, when it is no link-local address.
_METADATA = frozenset(
    {
        *("100.100.100.200", "168.63.129.16", "192.0.0.192"),  # Alibaba Cloud, Azure, Oracle
        *("fd00:ec2::254", "fd20:ce::254"),  # Amazon, Google
    }
)
# Whose last four bytes are an IPv4 address: RFC 4291 section 2.5.5.1, RFC 6052, RFC 8215.
_TRANSLATED = tuple(map(ipaddress.IPv6Network, ("::/96", "64:ff9b::/96", "64:ff9b:1::/48")))


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
    for one in (address, _inside(address)):
        if one.is_multicast or one.is_unspecified:
            raise Refused(f"{host} resolves to {address}, which no callback goes to")
        if (one.is_link_local or str(one) in _METADATA) and str(address) not in allowed:
            kind = "link-local" if one.is_link_local else "where a cloud's machines get their credentials"
            raise Refused(f"{host} resolves to {address}, which is {kind}; list the address itself to allow it")


def _inside(address: Ip) -> Ip:
    """The IPv4 address that one of version 6 leads to by translation or through a tunnel, else the same."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if any(address in network for network in _TRANSLATED):
        return ipaddress.IPv4Address(address.packed[-4:])
    return address.sixtofour or address


async def _resolved(host: str, port: int, is_named: bool) -> list[Ip]:
    """All addresses of a host; one that is not named is read as figures (also 127.1, 0x7f000001), never looked up."""
    is_looked_up = is_named or host.lower() == "localhost"
    try:
        found = await _looked_up(host, port) if is_looked_up else _found(host, port, socket.AI_NUMERICHOST)
    except (OSError, UnicodeError) as problem:
        if not is_looked_up:
            raise Refused(f"{host} is not loopback; allow it with --callback-host {host}") from problem
        raise Refused(f"{host} cannot be resolved") from problem
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    plain = [getattr(address, "ipv4_mapped", None) or address for address in addresses]
    if not plain:
        raise Refused(f"{host} has no address")
    return plain


def _found(host: str, port: int, flags: int = 0) -> list[Any]:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)


async def _looked_up(host: str, port: int) -> list[Any]:
    """Ask for a name in a thread that nobody waits for, as for those of the loop at the end: it may take its time."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[Any]] = loop.create_future()

    def look() -> None:
        found: list[Any] = []
        problem: BaseException | None = None
        try:
            found = _found(host, port)
        except Exception as caught:
            problem = caught
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(_settle, answer, found, problem)

    threading.Thread(target=look, name="mockcloud-lookup", daemon=True).start()
    return await answer


def _settle(answer: asyncio.Future[list[Any]], found: list[Any], problem: BaseException | None) -> None:
    if answer.done():
        return
    if problem is None:
        answer.set_result(found)
    else:
        answer.set_exception(problem)

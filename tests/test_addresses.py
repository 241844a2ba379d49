"""Where callbacks may go: every spelling of an address that is not loopback is refused unless the user listed it."""

from __future__ import annotations

import asyncio
import socket
import threading
import time

import pytest

from mockcloud.addresses import Refused, checked_address


def check(url, *allowed, own_ports=()):
    return asyncio.run(checked_address(url, allowed, own_ports))


@pytest.fixture
def names(monkeypatch):
    """A resolver that knows these names and no others, and what it was asked for."""
    asked = []

    def resolve(host, port, *, type=0, flags=0):  # noqa: A002
        asked.append(host)
        known = {
            "hooks.example": ["192.0.2.7"],
            "private.example": ["10.0.0.5"],
            "rebinding.example": ["127.0.0.1", "224.0.0.1"],
            "metadata.example": ["169.254.169.254"],
            "nowhere.example": ["0.0.0.0"],
            "six.example": ["2001:db8::7"],
            "mapped.example": ["::ffff:192.0.2.7"],
            "alibaba-metadata.example": ["100.100.100.200"],
            "amazon-metadata.example": ["fd00:ec2::254"],
            "translated.example": ["64:ff9b::a9fe:a9fe"],
            "translated-here.example": ["64:ff9b:1::a9fe:a9fe"],
            "tunnelled.example": ["2002:a9fe:a9fe::1"],
            "compatible.example": ["::169.254.169.254"],
        }
        if host not in known:
            raise socket.gaierror(-2, "unknown")
        return [(socket.AF_INET, type, 6, "", (address, port)) for address in known[host]]

    real = socket.getaddrinfo

    def getaddrinfo(host, port, **how):
        if how.get("flags", 0) & socket.AI_NUMERICHOST or host in ("localhost", "169.254.1.1", "100.100.100.200"):
            return real(host, port, **how)
        return resolve(host, port, **how)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://127.0.0.1:8000/hook?x=1", "http://127.0.0.1:8000/hook?x=1"),
        ("http://127.0.0.1", "http://127.0.0.1:80/"),
        ("https://127.0.0.1/a", "https://127.0.0.1:443/a"),
        ("http://127.8.9.1:1/", "http://127.8.9.1:1/"),
        ("http://[::1]:8000/", "http://[::1]:8000/"),
        ("http://[::ffff:127.0.0.1]:8000/", "http://127.0.0.1:8000/"),
        ("http://2130706433:8000/", "http://127.0.0.1:8000/"),
        ("http://0x7f000001:8000/", "http://127.0.0.1:8000/"),
        ("http://0177.0.0.1:8000/", "http://127.0.0.1:8000/"),
        ("http://127.1:8000/", "http://127.0.0.1:8000/"),
        ("http://127.0.0.1:8000/a#fragment", "http://127.0.0.1:8000/a"),
    ],
)
def test_loopback_is_called_at_the_address_that_was_checked(names, url, target):
    assert check(url).urls == (target,)


def test_localhost_is_loopback(names):
    assert set(check("http://localhost:8000/").urls) <= {"http://127.0.0.1:8000/", "http://[::1]:8000/"}


def test_host_header_is_what_the_url_says(names):
    address = check("https://localhost:8443/")
    assert (address.host_header, address.server_hostname) == ("localhost:8443", "localhost")


@pytest.mark.parametrize(
    "host",
    [
        "192.0.2.7",
        "10.0.0.5",
        "192.168.1.1",
        "172.17.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "224.0.0.1",
        "[::]",
        "[fe80::1]",
        "[fd00::1]",
        "[::ffff:10.0.0.5]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::7f00:1]",
        "3232235777",
        "0xa9fea9fe",
        "0251.0376.0251.0376",
        "100.100.100.200",
    ],
)
def test_other_addresses_are_refused_however_they_are_written(names, host):
    with pytest.raises(Refused, match="is not loopback; allow it with --callback-host"):
        check(f"http://{host}/")


@pytest.mark.parametrize(
    "host", ["hooks.example", "rebinding.example", "localhost.evil.example", "127.0.0.1.nip.example"]
)
def test_names_that_nobody_listed_are_refused_without_looking_them_up(names, host):
    with pytest.raises(Refused, match="--callback-host"):
        check(f"http://{host}/")
    assert names == []


@pytest.mark.parametrize(
    ("host", "literal"),
    [
        ("hooks.example", "192.0.2.7"),
        ("private.example", "10.0.0.5"),
        ("HOOKS.example", "192.0.2.7"),
        ("six.example", "[2001:db8::7]"),
        ("mapped.example", "192.0.2.7"),
    ],
)
def test_listed_names_are_called_at_the_address_that_was_checked(names, host, literal):
    assert check(f"http://{host}/", "hooks.example", "private.example", "six.example", "mapped.example").urls == (
        f"http://{literal}:80/",
    )


@pytest.mark.parametrize(
    "host",
    [
        "rebinding.example",
        "metadata.example",
        "nowhere.example",
        "alibaba-metadata.example",
        "amazon-metadata.example",
        "translated.example",
        "translated-here.example",
        "tunnelled.example",
        "compatible.example",
    ],
)
def test_listed_names_that_lead_astray_are_refused(names, host):
    with pytest.raises(Refused, match="resolves to"):
        check(f"http://{host}/", host)


@pytest.mark.parametrize("address", ["169.254.1.1", "100.100.100.200"])
def test_link_local_address_can_be_listed_itself(names, address):
    assert check(f"http://{address}/", address).urls == (f"http://{address}:80/",)


def test_nobody_waits_for_a_name_that_is_looked_up_for_ever(monkeypatch):
    over, asked = threading.Event(), []
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *_, **__: asked.append(host) or over.wait(20) or [])

    async def give_up():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await checked_address("http://slow.example/", ("slow.example",))

    begin = time.monotonic()
    asyncio.run(give_up())
    over.set()
    assert (asked, time.monotonic() - begin < 10) == (["slow.example"], True)


def test_listed_name_that_is_unknown_is_refused(names):
    with pytest.raises(Refused, match="cannot be resolved"):
        check("http://gone.example/", "gone.example")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:4580/", "http://localhost:4580/_mockcloud/reset", "http://[::1]:4580/"]
)
def test_the_mock_itself_is_refused(names, url):
    with pytest.raises(Refused, match="the mock itself"):
        check(url, own_ports={4580})


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://",
        "http:///path",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:x/",
        "http://[::1/",
        "http://user:secret@127.0.0.1/",
        "http://127.0.0.1@192.0.2.7/",
        "//127.0.0.1/",
        "http://\udcff/",
        "http://" + "a" * 5000 + "/",
    ],
)
def test_what_is_no_url_to_call_is_refused(names, url):
    with pytest.raises(Refused):
        check(url)

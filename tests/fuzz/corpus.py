"""Requests that a reviewer would try, as bytes on a connection, each with what has to come back.

A case says whose answer it wants: a service's envelope where the request can be told to be a service's, else the JSON
of the server itself.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

HOST = b"Host: 127.0.0.1\r\n"
PROJECT = b"0" * 32
HUAWEI = b"/v1/" + PROJECT + b"/animated-graphics"
JD = b"/v1/regions/cn-north-1/thumbnail"
JSON = b"Content-Type: application/json\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
PARTS = b"Content-Type: multipart/form-data; boundary=b\r\n"
TC3 = b"X-TC-Action: ProcessMedia\r\nX-TC-Version: 2018-07-17\r\n"
RPC = b"Action=CreateGifTask&Version=2019-08-10&AccessKeyId=mockcloud&Format=JSON"
V1 = b"Action=ProcessMedia&Version=2018-07-17&SecretId=mockcloud&Nonce=1"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
_BOMB = gzip.compress(b" " * 5_000_000)
RESET = b"POST /_mockcloud/reset HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to send.

    data    the bytes; then: more of them, once the server has said 100 Continue
    shape   "alibaba" | "huawei" | "jdcloud" | "tencent" | "ours" | "": whose envelope the answer has ("": no body);
            "huawei|ours": bytes in a target are no HTTP, which some readers of it overlook
    status  the HTTP statuses that are right; () for any that no failure of the server has
    closes  whether the connection has to end with the answer
    slow    whether something is missing, so that the answer comes when the server has waited long enough
    auth    the mode of the server that it goes to
    """

    name: str
    data: bytes
    shape: str
    status: tuple[int, ...] = ()
    then: bytes = b""
    closes: bool = False
    slow: bool = False
    auth: str = "off"

    def __str__(self) -> str:
        return self.name


def sent(start: bytes, headers: bytes = b"", body: bytes | None = None) -> bytes:
    """A request, well-formed but for what it is given."""
    length = b"" if body is None else b"Content-Length: %d\r\n" % len(body)
    return start + b" HTTP/1.1\r\n" + HOST + headers + length + b"\r\n" + (body or b"")


def not_http() -> Iterator[Case]:
    """What no reader of HTTP can take."""
    start = b"POST / HTTP/1.1\r\nHost: a\r\n"
    lines = {
        "newlines-then-nonsense": b"\r\n\r\n\r\n\r\nx\r\n\r\n",
        "client-hello-of-tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        "all-bytes": bytes(range(256)) + b"\r\n\r\n",
        "version-9": b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
        "http-2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "no-target": b"GET HTTP/1.1\r\nHost: a\r\n\r\n",
        "space-in-target": b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
        "control-in-target": b"GET /a\x01b HTTP/1.1\r\nHost: a\r\n\r\n",
        "null-in-target": b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
        "method-with-space": b"GE T / HTTP/1.1\r\nHost: a\r\n\r\n",
        "method-of-punctuation": b"(){} / HTTP/1.1\r\nHost: a\r\n\r\n",
        "space-before-colon": b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "header-without-colon": b"GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n",
        "header-without-name": b"GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n",
        "null-in-header": b"GET / HTTP/1.1\r\nHost: a\r\nX-A: \x00\r\n\r\n",
        "bare-return-in-header": b"GET / HTTP/1.1\r\nHost: a\r\nX-A: a\rb\r\n\r\n",
        "folded-first-header": b"GET / HTTP/1.1\r\n Host: a\r\n\r\n",
        "length-negative": start + b"Content-Length: -1\r\n\r\n",
        "length-with-plus": start + b"Content-Length: +5\r\n\r\nhello",
        "length-of-words": start + b"Content-Length: five\r\n\r\nhello",
        "length-with-underscore": start + b"Content-Length: 1_0\r\n\r\n0123456789",
        "length-in-other-digits": start + "Content-Length: ٥\r\n\r\nhello".encode(),
        "length-of-40-digits": start + b"Content-Length: " + b"9" * 40 + b"\r\n\r\n",
        "length-empty": start + b"Content-Length:\r\n\r\n",
        "line-of-100000-bytes": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        "header-of-100000-bytes": b"GET / HTTP/1.1\r\nHost: a\r\nX-A: " + b"a" * 100_000 + b"\r\n\r\n",
        "name-of-100000-bytes": b"GET / HTTP/1.1\r\nHost: a\r\n" + b"a" * 100_000 + b": 1\r\n\r\n",
        "headers-by-the-thousand": b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X-A: 1\r\n" * 5_000 + b"\r\n",
    }
    for name, data in lines.items():
        yield Case(name, data, "ours", (400, 414, 431, 505), closes=True)


def smuggling() -> Iterator[Case]:
    """Requests whose end two readers would see at different places; what hides in them asks for a reset."""
    short = b"Content-Length: 6\r\n"
    start = b"POST " + HUAWEI + b" HTTP/1.1\r\n" + HOST + JSON
    heads = {
        "length-and-chunked": start + short + CHUNKED + b"\r\n0\r\n\r\nG" + RESET,
        "chunked-and-length": start + CHUNKED + short + b"\r\n0\r\n\r\n" + RESET,
        "two-lengths": start + b"Content-Length: 0\r\n" + short + b"\r\n" + RESET,
        "two-lengths-in-one": start + b"Content-Length: 0, 6\r\n\r\n" + RESET,
        "two-equal-lengths": start + b"Content-Length: 0\r\n" * 2 + b"\r\n" + RESET,
        "chunked-twice": start + CHUNKED * 2 + b"\r\n0\r\n\r\n" + RESET,
        "chunked-and-identity": start + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + RESET,
        "chunked-and-more": start + b"Transfer-Encoding:\tchunked\tx\r\n\r\n0\r\n\r\n" + RESET,
        "chunked-spelt-wrong": start + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + RESET,
        "chunked-in-quotes": start + b'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n' + RESET,
        "chunked-before-colon": start + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + RESET,
        "chunked-folded": start + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + RESET,
        "chunked-in-http-1.0": start.replace(b"1.1", b"1.0") + CHUNKED + b"\r\n0\r\n\r\n" + RESET,
        "bare-newlines": start.replace(b"\r\n", b"\n") + b"Content-Length: 0\n\n" + RESET,
    }
    for name, data in heads.items():
        yield Case(name, data, "ours", (400, 501), closes=True)
    chunks = {
        "chunk-negative": b"-1\r\n",
        "chunk-with-prefix": b"0x5\r\nhello\r\n0\r\n\r\n",
        "chunk-of-17-digits": b"f" * 17 + b"\r\n",
        "chunk-of-words": b"xyz\r\nhello\r\n",
        "chunk-with-plus": b"+5\r\nhello\r\n0\r\n\r\n",
        "chunk-too-long": b"3\r\nhello\r\n0\r\n\r\n",
        "chunk-with-newlines-alone": b"5\nhello\n0\n\n",
        "chunk-with-broken-trailer": b"0\r\nnonsense\r\n\r\n",
    }
    for name, body in chunks.items():
        yield Case(name, start + CHUNKED + b"\r\n" + body + RESET, "ours", (400,), closes=True)
        waits = start + CHUNKED + b"Expect: 100-continue\r\n\r\n"
        yield Case(f"{name}-later", waits, "huawei", (400,), then=body + RESET, closes=True)


def unfinished() -> Iterator[Case]:
    """What begins and does not go on."""
    nine = b"Content-Length: 9\r\n"
    requests = {
        "head": (b"GET / HTTP/1.1\r\nHost: a\r\nX-A: b", "", 0),
        "body": (sent(b"POST " + HUAWEI, nine) + b"{", "huawei", 400),
        "chunks": (sent(b"POST " + JD, CHUNKED) + b"5\r\nhel", "jdcloud", 400),
        "form": (sent(b"POST /?" + RPC, FORM + nine) + b"A=", "alibaba", 400),
        "json": (sent(b"POST /", TC3 + JSON + nine) + b"{", "tencent", 200),
        "nobodys-body": (sent(b"POST /x", nine) + b"{", "ours", 408),
    }
    for name, (data, shape, status) in requests.items():
        yield Case(f"{name}-that-does-not-end", data, shape, (status,), closes=True, slow=True)


def odd_http() -> Iterator[Case]:
    """Unusual, and HTTP all the same."""
    chunked = sent(b"POST " + JD, JSON + CHUNKED)
    requests = {
        "nobodys-path": (sent(b"GET /wp-admin"), "ours"),
        "root": (sent(b"GET /"), "ours"),
        "http-1.0": (b"GET /x HTTP/1.0\r\n\r\n", "ours"),
        "http-1.0-of-a-service": (b"GET " + HUAWEI + b" HTTP/1.0\r\n\r\n", "huawei"),
        "no-version": (b"GET /\r\n\r\n", "ours"),
        "no-host": (b"GET /x HTTP/1.1\r\n\r\n", "ours"),
        "two-hosts": (b"GET /x HTTP/1.1\r\n" + HOST + b"Host: evil.example\r\n\r\n", "ours"),
        "two-hosts-of-admin": (b"GET /_mockcloud/health HTTP/1.1\r\nHost: evil\r\n" + HOST + b"\r\n", "ours"),
        "host-of-bytes": (b"GET " + HUAWEI + b" HTTP/1.1\r\nHost: \xff\xfe\xc3\r\n\r\n", "huawei"),
        "host-of-bytes-in-links": (b"GET /v3/projects HTTP/1.1\r\nHost: \xff\r\n\r\n", "huawei"),
        "host-with-credentials": (b"GET /x HTTP/1.1\r\nHost: a:b@c\r\n\r\n", "ours"),
        "host-with-bracket": (b"GET /_mockcloud/health HTTP/1.1\r\nHost: [::1\r\n\r\n", "ours"),
        "host-of-4000-bytes": (b"GET /x HTTP/1.1\r\nHost: " + b"a." * 2_000 + b"\r\n\r\n", "ours"),
        "absolute-target": (sent(b"GET http://127.0.0.1" + HUAWEI), "huawei"),
        "absolute-target-elsewhere": (sent(b"GET http://evil.example/x"), "ours"),
        "absolute-target-of-admin": (sent(b"GET http://evil.example/_mockcloud/health"), "ours"),
        "absolute-target-of-nothing": (sent(b"GET http://"), "ours"),
        "target-of-two-slashes": (sent(b"GET //_mockcloud/reset"), "ours"),
        "options-of-everything": (sent(b"OPTIONS *"), "ours"),
        "trace": (sent(b"TRACE /x"), "ours"),
        "trace-of-a-service": (sent(b"TRACE " + HUAWEI), "huawei"),
        "brew": (sent(b"PURGE /x"), "ours"),
        "options-of-a-service": (sent(b"OPTIONS " + JD, b"Origin: http://evil.example\r\n"), "jdcloud"),
        "patch-of-a-service": (sent(b"PATCH " + HUAWEI, JSON, b"{}"), "huawei"),
        "put-of-rpc": (sent(b"PUT /?" + RPC), "alibaba"),
        "put-of-tc3": (sent(b"PUT /", TC3 + JSON, b"{}"), "tencent"),
        "upgrade-to-websocket": (
            sent(b"GET /x", b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AA==\r\n"), "ours"),
        "upgrade-to-http-2": (
            sent(b"GET /x", b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n"), "ours"),
        "expects-the-impossible": (sent(b"POST " + JD, JSON + b"Expect: 200-maybe\r\n", b"{}"), "jdcloud"),
        "gzip-bomb": (sent(b"POST " + HUAWEI, JSON + b"Content-Encoding: gzip\r\n", _BOMB), "huawei"),
        "unknown-encoding": (sent(b"POST " + JD, JSON + b"Content-Encoding: br\r\n", b"\x1b"), "jdcloud"),
        "chunk-with-long-extension": (chunked + b"2;" + b"a" * 60_000 + b"\r\n{}\r\n0\r\n\r\n", "jdcloud"),
        "chunks-of-one-byte": (chunked + b"1\r\n \r\n" * 5_000 + b"2\r\n{}\r\n0\r\n\r\n", "jdcloud"),
        "target-of-bytes": (sent(b"GET /\xff\xfe"), "ours"),
        "query-of-bytes": (sent(b"GET " + HUAWEI + b"?task_id=\xff\xc3\x28"), "huawei|ours"),
        "query-of-bytes-in-jd": (sent(b"GET " + JD + b"?status=\xff\xed\xa0\x80"), "jdcloud|ours"),
        "query-of-bytes-in-rpc": (sent(b"GET /?" + RPC + b"&VideoUrl=\xff"), "alibaba|ours"),
        "query-of-bytes-in-v1": (sent(b"GET /?" + V1 + b"&A=\xff"), "ours"),
        "path-of-bytes": (sent(b"GET /v1/\xff\xfe/animated-graphics"), "huawei|ours"),
        "path-of-encoded-bytes": (sent(b"GET /v1/%FF%FE/animated-graphics"), "huawei"),
        "path-with-encoded-null": (sent(b"GET /v1/%00/animated-graphics"), "huawei"),
        "path-that-climbs": (sent(b"GET /v1/../../etc/passwd"), "huawei"),
        "path-that-climbs-encoded": (sent(b"GET /v1/%2e%2e%2f%2e%2e%2fetc%2fpasswd/animated-graphics"), "huawei"),
        "path-of-broken-percents": (sent(b"GET /v1/%zz%/animated-graphics?%=%&%%%"), "huawei"),
        "region-of-bytes": (sent(b"GET /v1/regions/\xff%FF%C0%AF/thumbnail"), "jdcloud|ours"),
        "fragment": (sent(b"GET " + HUAWEI + b"#x?y"), "huawei"),
        "query-of-60000-bytes": (sent(b"GET " + HUAWEI + b"?task_id=" + b"9" * 60_000), "huawei"),
        "query-of-6000-pairs": (sent(b"GET " + HUAWEI + b"?" + b"a&" * 6_000), "huawei"),
        "header-of-60000-bytes": (sent(b"GET /x", b"X-A: " + b"a" * 60_000 + b"\r\n"), "ours"),
        "same-header-100-times": (sent(b"GET /x", b"X-A: a\r\n" * 100), "ours"),
        "header-of-bytes": (sent(b"GET /x", b"X-A: \xff\xfe\x80\r\n"), "ours"),
    }  # fmt: skip
    for name, (data, shape) in requests.items():
        yield Case(name, data, shape)
    yield Case("connect", b"CONNECT evil.example:80 HTTP/1.1\r\nHost: evil.example:80\r\n\r\n", "ours", closes=True)
    yield Case("head", sent(b"HEAD /x"), "", (404,))
    yield Case("two-at-once", sent(b"GET /x") * 2, "ours", (404,))


_BODIES: Mapping[str, bytes] = {
    "empty": b"",
    "blank": b" \r\n\t ",
    "truncated": b'{"a": [1, {"b": "c',
    "two": b"{}{}",
    "comment": b"{} // x",
    "trailing-comma": b'{"a": 1,}',
    "single-quotes": b"{'a': 1}",
    "byte-order-mark": b"\xef\xbb\xbf{}",
    "utf-16": '{"a": 1}'.encode("utf-16"),
    "not-utf-8": b'{"a": "\xff\xfe"}',
    "null-byte": b'{"a": "\x00"}',
    "lone-surrogate": b'{"a": "\\ud800", "\\udfff": 1}',
    "nan": b'{"a": NaN, "b": Infinity, "c": -Infinity}',
    "big-exponent": b'{"a": 1e999, "b": -1e999, "c": 1e-999}',
    "big-number": b'{"a": ' + b"9" * 5_000 + b"}",
    "number-of-600000-digits": b'{"a": ' + b"9" * 600_000 + b"}",
    "same-key-twice": b'{"input": 1, "input": {}, "source": 1, "source": 2, "FileId": 1, "FileId": "2"}',
    "list": b"[]",
    "text": b'"x"',
    "number": b"7",
    "null": b"null",
    "true": b"true",
    "prototype": b'{"__proto__": {"a": 1}, "constructor": 1, "__class__": 1, "": 1}',
    "deep": b'{"a":' * 100 + b"1" + b"}" * 100,
    "deeper": b"[" * 100_000 + b"]" * 100_000,
    "deep-and-open": b'{"a":' * 100_000,
    "deep-in-text": b'{"a": "' + b"[" * 100_000 + b'"}',
    "wide": b"{" + b",".join(b'"k%d":%d' % (n, n) for n in range(60_000)) + b"}",
    "almost-too-wide": b"{" + b",".join(b'"k%d":%d' % (n, n) for n in range(24_000)) + b"}",
    "list-almost-too-long": b'{"a": [' + b"0," * 48_000 + b"0]}",
    "long-text": b'{"a": "' + b"x" * 900_000 + b'"}',
    "escapes": b'{"a": "' + b"\\u0041" * 100_000 + b'"}',
    "quotes": b'"' * 200_000,
    "backslashes": b'{"a": "' + b"\\" * 200_001,
    "wrong-types": b'{"input": [], "output": 5, "output_param": "x", "source": [], "target": 1, "FileId": {}}',
    "html": b"<html><body>x</body></html>",
    "xml": b'<?xml version="1.0"?><a><b></a>',
    "xml-with-entities": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "yaml": b"a: !!python/object/apply:os.system ['true']",
}


def json_bodies() -> Iterator[Case]:
    """Every odd body to every service that takes JSON, and to the server's own interface."""
    for name, body in _BODIES.items():
        yield Case(f"huawei-{name}", sent(b"POST " + HUAWEI, JSON, body), "huawei")
        yield Case(f"iam-{name}", sent(b"POST /v3/auth/tokens", JSON, body), "huawei")
        yield Case(f"jdcloud-{name}", sent(b"POST " + JD, JSON, body), "jdcloud")
        yield Case(f"tencent-{name}", sent(b"POST /", JSON + TC3, body), "tencent")
        yield Case(f"admin-{name}", sent(b"POST /_mockcloud/resources", JSON, body), "ours")
    as_xml = sent(b"POST " + HUAWEI, b"Content-Type: text/xml\r\n", b"<a/>")
    yield Case("xml-where-json-belongs", as_xml, "huawei", (400,))
    yield Case("json-without-a-type", sent(b"POST " + HUAWEI, b"", b"{}"), "huawei")
    yield Case("json-of-a-charset", sent(b"POST " + HUAWEI, JSON[:-2] + b"; charset=utf-7\r\n", b"+AHsAfQ-"), "huawei")
    yield Case("get-with-a-body", sent(b"GET " + HUAWEI, JSON, b"{"), "huawei")


_PAIRS: Mapping[str, bytes] = {
    "huge-index": b"&MediaProcessTask.AnimatedGraphicTaskSet.999999999.Definition=1",
    "huger-index": b"&MediaProcessTask.AnimatedGraphicTaskSet." + b"9" * 4_000 + b".Definition=1",
    "negative-index": b"&A.-1.B=1",
    "index-in-other-digits": "&A.٣.B=1&A.²=2".encode(),
    "holes": b"&MediaProcessTask.AnimatedGraphicTaskSet.7.Definition=1&MediaProcessTask.AnimatedGraphicTaskSet.3.A=2",
    "list-and-object": b"&A.0=1&A.x=2",
    "value-and-members": b"&A=1&A.B=2",
    "members-and-value": b"&A.B=2&A=1",
    "dots": b"&.=1&..=2&A..B=3&.A=4&A.=5",
    "deep-name": b"&" + b".".join([b"A"] * 5_000) + b"=1",
    "same-twice": b"&FileId=1&FileId=2&VideoUrl=1&VideoUrl=2",
    "action-twice": b"&Action=DeleteMedia",
    "no-equals": b"&FileId&&&",
    "empty-names": b"&=1&=2",
    "many": b"".join(b"&K%d=1" % n for n in range(6_000)),
    "fewer": b"".join(b"&K%d=1" % n for n in range(4_000)),
    "not-utf-8": b"&FileId=%FF%FE&VideoUrl=%C3%28",
    "raw-bytes": b"&FileId=\xff\xfe&VideoUrl=\xff",
    "surrogates": b"&FileId=%ED%A0%80&VideoUrl=%ED%A0%80",
    "nulls": b"&FileId=%00&VideoUrl=%00",
    "broken-percents": b"&FileId=%&VideoUrl=%zz%1",
    "newlines": b"&FileId=a%0D%0AX-Injected:%201&VideoUrl=%0D%0A%0D%0A<html>",
    "big-numbers": b"&Limit=" + b"9" * 4_300 + b"&TemplateId=" + b"9" * 5_000,
    "other-numbers": "&TemplateId=٣&Limit=1e5&SubAppId=٣".encode(),
    "nan": b"&TemplateId=NaN&Limit=Infinity&SubAppId=-0",
    "json-in-text": b"&TemplateConfig=" + b"%5B" * 50_000,
    "long-value": b"&VideoUrl=" + b"x" * 900_000,
    "pluses": b"&VideoUrl=" + b"+" * 200_000,
}


def forms() -> Iterator[Case]:
    """Odd parameters of the services that take them by name."""
    unreadable = {"no-equals", "not-utf-8", "raw-bytes", "surrogates", "many", "broken-percents"}
    for name, pairs in _PAIRS.items():
        yield Case(f"alibaba-{name}", sent(b"POST /", FORM, RPC + pairs), "alibaba")
        yield Case(f"alibaba-xml-{name}", sent(b"POST /", FORM, RPC.replace(b"JSON", b"XML") + pairs), "alibaba")
        # Tencent Cloud's form is known by its names, so one that cannot be read is known by the header.
        known = TC3[:0] if name not in unreadable else b"X-TC-Language: zh-CN\r\n"
        yield Case(f"tencent-{name}", sent(b"POST /", FORM + known, V1 + pairs), "tencent")
    vod = b"Action=AddVodTemplate&Version=2017-03-21&AccessKeyId=mockcloud&Format=JSON&Name=a&TemplateType=DynamicImage"
    for name, text in {"deep": b"[" * 5_000, "number": b"1e999", "open": b'{"Video":', "null": b"null"}.items():
        yield Case(f"template-config-{name}", sent(b"POST /", FORM, vod + b"&TemplateConfig=" + text), "alibaba")
    part = b'Content-Disposition: form-data; name="A"'
    for name, body in {
        "no-parts": b"",
        "no-end": b"--b\r\n" + part + b"\r\n\r\n1",
        "no-name": b"--b\r\n\r\n1\r\n--b--",
        "broken-head": b"--b\r\nContent-Disposition form-data\r\n\r\n1\r\n--b--",
        "broken-base64": b"--b\r\n" + part + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n*\r\n--b--",
        "odd-charset": b"--b\r\nContent-Disposition: form-data; name*=x-nonsense''%FF\r\n\r\n1\r\n--b--",
        "parts-in-parts": b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nx\r\n--c--\r\n--b--",
        "broken-json": b"--b\r\n" + part + b"\r\nContent-Type: application/json\r\n\r\n{\r\n--b--",
        "a-thousand": (b"--b\r\n" + part + b"\r\n\r\n1\r\n") * 1_000 + b"--b--",
        "bytes": b'--b\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n\xff\r\n--b--',
    }.items():
        yield Case(f"parts-{name}", sent(b"POST /", PARTS + TC3, body), "tencent")
    yield Case(
        "parts-without-boundary", sent(b"POST /", PARTS.replace(b"; boundary=b", b"") + TC3, b"--b--"), "tencent"
    )


def credentials() -> Iterator[Case]:
    """Claims to be somebody that are in no documented form."""
    huawei, jd, tc3 = b"SDK-HMAC-SHA256", b"JDCLOUD2-HMAC-SHA256", b"TC3-HMAC-SHA256"
    rest = b", SignedHeaders=host, Signature=0\r\n"
    for name, value in {
        "empty": b"",
        "60000-bytes": b"a" * 60_000,
        "bytes": b"\xff\xfe",
        "basic": b"Basic bW9jazpjbG91ZA==",
        "commas": huawei + b" " + b"," * 5_000,
        "another-scheme": b"AWS4-HMAC-SHA256 Credential=a/b/c/d/e" + rest[:-2],
    }.items():
        given = b"Authorization: " + value + b"\r\n"
        yield _claim(f"huawei-{name}", sent(b"GET " + HUAWEI, given), "huawei")
        yield _claim(f"jdcloud-{name}", sent(b"GET " + JD, given), "jdcloud")
        yield _claim(f"tencent-{name}", sent(b"POST /", TC3 + JSON + given, b"{}"), "tencent")
    for name, date in {
        "99": b"99999999T999999Z",
        "short": b"2026",
        "other-digits": "٢٠٢٦٠١٠١T٠٠٠٠٠٠Z".encode(),
        "bytes": b"\xff",
        "long": b"2" * 5_000,
        "zero": b"00000000T000000Z",
    }.items():
        proof = b"X-Sdk-Date: " + date + b"\r\nAuthorization: " + huawei
        proof += b" Access=mockcloud, SignedHeaders=x-sdk-date, Signature=0\r\n"
        yield _claim(f"x-sdk-date-{name}", sent(b"GET " + HUAWEI, proof), "huawei")
        proof = b"x-jdcloud-date: " + date + b"\r\nAuthorization: " + jd
        proof += b" Credential=mockcloud/20260101/cn-north-1/mps/jdcloud2_request" + rest
        yield _claim(f"x-jdcloud-date-{name}", sent(b"GET " + JD, proof), "jdcloud")
    for name, stamp in {
        "21-digits": b"9" * 21,
        "20-digits": b"9" * 20,
        "13-digits": b"1767225600000",
        "negative": b"-1",
        "nan": b"NaN",
        "float": b"1.5",
        "other-digits": "٣٣٣".encode(),
        "zero": b"0",
        "year-10000": b"253402300800",
    }.items():
        proof = b"X-TC-Timestamp: " + stamp + b"\r\nAuthorization: " + tc3
        proof += b" Credential=mockcloud/2026-01-01/vod/tc3_request, SignedHeaders=content-type;host, Signature=0\r\n"
        yield _claim(f"x-tc-timestamp-{name}", sent(b"POST /", TC3 + JSON + proof, b"{}"), "tencent")
        yield _claim(f"v1-{name}", sent(b"POST /", FORM, V1 + b"&Signature=x&Timestamp=" + stamp), "tencent")
    common = b"&SignatureMethod=HMAC-SHA1&SignatureVersion=1.0&SignatureNonce=1&Signature=x&Timestamp="
    for name, text in {
        "zero": b"0000-00-00T00:00:00Z",
        "99": b"9999-99-99T99:99:99Z",
        "other-digits": "٢٠٢٦-٠١-٠١T٠٠:٠٠:٠٠Z".encode(),
        "last": b"9999-12-31T23:59:59Z",
        "first": b"0001-01-01T00:00:00Z",
        "long": b"1" * 5_000,
    }.items():
        yield _claim(f"timestamp-{name}", sent(b"POST /", FORM, RPC + common + text), "alibaba")
    for name, scope in {
        "slashes": b"/" * 3_000,
        "empty": b"////",
        "bytes": b"mockcloud/\xff/x/mps/jdcloud2_request",
        "short": b"mockcloud",
    }.items():
        proof = b"x-jdcloud-date: 20260101T000000Z\r\nAuthorization: " + jd + b" Credential=" + scope + rest
        yield _claim(f"scope-{name}", sent(b"GET " + JD, proof), "jdcloud")
    proof = b"X-Sdk-Date: 20260101T000000Z\r\nAuthorization: " + huawei + b" Access=mockcloud, SignedHeaders=x-sdk-date"
    proof += b"".join(b";h%d" % number for number in range(5_000)) + b", Signature=0\r\n"
    yield _claim("5000-signed-headers", sent(b"GET " + HUAWEI, proof), "huawei")
    yield _claim("token-of-bytes", sent(b"GET " + HUAWEI, b"X-Auth-Token: \xff\r\n"), "huawei")


_REFUSED = {"alibaba": (400, 404), "huawei": (401,), "jdcloud": (401,), "tencent": (200,)}


def _claim(name: str, data: bytes, shape: str) -> Case:
    return Case(f"auth-{name}", data, shape, _REFUSED[shape], auth="strict")


def admin() -> Iterator[Case]:
    """The server's own interface, asked for what it does not give."""
    requests: dict[str, tuple[bytes, tuple[int, ...]]] = {
        "get-of-reset": (sent(b"GET /_mockcloud/reset"), (405,)),
        "nothing": (sent(b"GET /_mockcloud"), (404,)),
        "unknown-route": (sent(b"GET /_mockcloud/" + b"x" * 3_000), (404,)),
        "route-of-bytes": (sent(b"GET /_mockcloud/\xff"), (400, 404)),
        "id-that-climbs": (sent(b"GET /_mockcloud/tasks/../../etc/passwd"), (404,)),
        "id-that-climbs-encoded": (sent(b"GET /_mockcloud/tasks/..%2f..%2fetc%2fpasswd"), (400,)),
        "id-of-bytes": (sent(b"GET /_mockcloud/tasks/%FF\xff"), (400,)),
        "fault-of-other-digits": (sent("DELETE /_mockcloud/faults/²".encode()), (400,)),
        "fault-of-5000-digits": (sent(b"DELETE /_mockcloud/faults/" + b"9" * 5_000), (400,)),
        "limit-negative": (sent(b"GET /_mockcloud/requests?limit=-1"), (400,)),
        "limit-huge": (sent(b"GET /_mockcloud/requests?limit=" + b"9" * 5_000), (400,)),
        "clock-forever": (sent(b"POST /_mockcloud/clock", JSON, b'{"advance": 1e308}'), (400,)),
        "clock-of-nonsense": (sent(b"POST /_mockcloud/clock", JSON, b'{"set": "0000-00-00"}'), (400,)),
        "clock-of-long-ago": (sent(b"POST /_mockcloud/clock", JSON, b'{"set": "0001-01-01T00:00:00Z"}'), (400,)),
        "account-of-somebody": (sent(b"GET /_mockcloud/requests?account=root"), (400,)),
        "items-by-the-thousand": (
            sent(b"POST /_mockcloud/resources", JSON,
                 b'{"service": "huawei-mpc", "kind": "object", "items": [' + b"{}," * 40_000 + b"{}]}"), (400,)),
        "other-site": (sent(b"POST /_mockcloud/reset", b"Origin: http://evil.example\r\n", b""), (403,)),
        "other-host": (b"POST /_mockcloud/reset HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\n\r\n", (403,)),
    }  # fmt: skip
    for name, (data, status) in requests.items():
        yield Case(f"admin-{name}", data, "ours", status)


CASES: list[Case] = [
    case
    for family in (not_http, smuggling, unfinished, odd_http, json_bodies, forms, credentials, admin)
    for case in family()
]

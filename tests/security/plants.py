"""Requests with a secret in them, one for every place where a client of these services may put one.

Each secret holds the word CANARY. A key id keeps its first four characters where it is shown, so its canary stands
behind those.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from time import time
from typing import Any
from urllib.parse import quote, urlencode

from mockcloud import providers
from mockcloud.contract.load import Contracts
from mockcloud.contract.spec import Operation
from mockcloud.gate import KEY_ID, SECRET
from mockcloud.model import Wire
from mockcloud.providers import Sender
from mockcloud.redact import HEADERS, KEY_IDS, PARAMETERS, SIGNED

WORD = "CANARY"
SECRET_TEXT = f"s3cr3t{WORD}x"
REAL_KEY = f"AKID{WORD}x"
HOST = "127.0.0.1"
CONTRACTS = Contracts()
SERVICES = {service.id: service for service in CONTRACTS.services()}
FORM = ("Content-Type", "application/x-www-form-urlencoded")
JSON = ("Content-Type", "application/json")
_NONCES = count(1)


@dataclass(frozen=True, slots=True)
class Plant:
    """A request with a secret in it.

    told  whether the provider documents that its answer repeats the place where the secret stands
    """

    name: str
    wire: Wire
    told: bool = False

    def __str__(self) -> str:
        return self.name


def operation(name: str) -> Operation:
    service, _, rest = name.partition(".")
    return SERVICES[service].operations[rest]


def signed(name: str, parameters: dict[str, Any], secret: str = SECRET, key_id: str = KEY_ID, scheme: str = "") -> Wire:
    """A call as its client would send it, now."""
    found = operation(name)
    provider = providers.provider(SERVICES[found.service].provider)
    nonce = f"{time():.6f}-{next(_NONCES)}"
    return provider.compose(found, parameters, Sender(HOST, key_id, secret, time(), nonce, scheme=scheme))


GIF = {"ApplicationId": "ApplicationId", "TemplateId": 1, "VideoName": "v", "VideoUrl": "http://127.0.0.1/v.mp4"}
GIF["CallbackUrl"] = "http://callback.invalid/"
MPC = {
    "input": {"bucket": "obs-apitest-01", "location": "cn-north-5", "object": "mp4/4k.mp4"},
    "output": {"bucket": "obs-apitest-01", "location": "cn-north-5", "object": "out"},
    "output_param": {"format": "gif", "width": 100, "height": 50, "start": 0, "end": 10000},
}
JD = {"source": {"bucket": "b", "key": "k"}, "target": {"destBucket": "b"}}
# A call of every service, and the signature generation that it is made in.
CALLS: dict[str, tuple[str, dict[str, Any], str]] = {
    "alibaba-v1": ("alibaba-multimediaai.CreateGifTask", GIF, ""),
    "alibaba-v3": ("alibaba-multimediaai.CreateGifTask", GIF, "v3"),
    "alibaba-vod": ("alibaba-vod.GetVideoList", {}, "v3"),
    "huawei": ("huawei-mpc.CreateAnimatedGraphicsTask", MPC, ""),
    "jdcloud-2": ("jdcloud-mps.createThumbnailTask", JD, "2"),
    "jdcloud-3": ("jdcloud-mps.createThumbnailTask", JD, "3"),
    "tencent-tc3": ("tencent-vod.ProcessMedia", {"FileId": "5285890784246869930"}, ""),
    "tencent-tc3-get": ("tencent-vod.DescribeTasks", {}, "tc3-get"),
    "tencent-v1": ("tencent-vod.DescribeTasks", {}, "HmacSHA256"),
    "tencent-v1-get": ("tencent-vod.DescribeTasks", {}, "HmacSHA1-get"),
}


def with_headers(wire: Wire, *headers: tuple[str, str]) -> Wire:
    return replace(wire, headers=(*wire.headers, *headers))


def urls() -> dict[str, str]:
    """URLs that hold a secret, as object stores and receivers of callbacks have them."""
    sts, oss = {"security-token": SECRET_TEXT}, {"x-oss-signature": SECRET_TEXT, "x-oss-credential": f"{REAL_KEY}/1/2"}
    query = {
        "sign": {"sign": SECRET_TEXT, "x": "1"},
        "token": {"token": SECRET_TEXT},
        "auth-key": {"auth_key": f"1600000000-0-0-{SECRET_TEXT}"},
        "oss": {"OSSAccessKeyId": REAL_KEY, "Expires": "1", "Signature": f"{SECRET_TEXT}/+="},
        "oss-v4": {**sts, **oss},
        "obs": {"AccessKeyId": REAL_KEY, "Signature": SECRET_TEXT, "x-obs-security-token": SECRET_TEXT},
        "cos": {"q-ak": REAL_KEY, "q-signature": SECRET_TEXT, "x-cos-security-token": SECRET_TEXT},
        "aws": {
            "X-Amz-Credential": f"{REAL_KEY}/1",
            "X-Amz-Signature": SECRET_TEXT,
            "X-Amz-Security-Token": SECRET_TEXT,
        },
    }
    found = {name: f"http://receiver.invalid/path?{urlencode(pairs)}" for name, pairs in query.items()}
    found["fragment"] = f"http://receiver.invalid/path#token={SECRET_TEXT}"
    found["credentials"] = f"http://user:{SECRET_TEXT}@receiver.invalid/path"
    found["twice"] = f"http://receiver.invalid/go?to={quote(found['oss'], safe='')}"
    return found


def of_urls() -> Iterator[Plant]:
    """Signed URLs in every parameter that takes a URL, and in one that takes any text."""
    for name, url in urls().items():
        for place in ("CallbackUrl", "VideoUrl", "VideoName"):
            for scheme in ("", "v3"):
                wire = signed("alibaba-multimediaai.CreateGifTask", {**GIF, place: url}, scheme=scheme)
                yield Plant(f"{name}-in-{place}-{scheme or 'v1'}", wire)
        callback = {"CallbackType": "HTTP", "CallbackURL": url, "EventTypeList": "ALL"}
        yield Plant(f"{name}-in-CallbackURL", signed("alibaba-vod.SetMessageCallback", callback))
        yield Plant(f"{name}-in-endpoint", signed("jdcloud-mps.setNotification", {"enabled": True, "endpoint": url}))
        event = {"Mode": "PUSH", "NotificationUrl": url}
        for scheme in ("", "HmacSHA256", "tc3-get"):
            yield Plant(
                f"{name}-in-NotificationUrl-{scheme}", signed("tencent-vod.ModifyEventConfig", event, scheme=scheme)
            )
        yield Plant(f"{name}-in-user_data", signed("huawei-mpc.CreateAnimatedGraphicsTask", {**MPC, "user_data": url}))
        yield Plant(
            f"{name}-in-nobodys-query", Wire("GET", "/elsewhere", f"to={quote(url, safe='')}", (("Host", HOST),))
        )
        yield Plant(f"{name}-in-referer", Wire("GET", "/elsewhere", "", (("Host", HOST), ("Referer", url))))


def of_headers() -> Iterator[Plant]:
    """Every header that is secret, on calls of the services that know it and on one of nobody's."""
    general = {"x-access-token", "x-client-secret", "x-admin-password", "x-hub-signature"}
    turns = count()
    for name in sorted(HEADERS | general - {"authorization"}):
        wire = Wire("GET", "/elsewhere", "", (("Host", HOST), (name, f"Bearer {SECRET_TEXT}")))
        yield Plant(f"{name}-on-nobodys", wire)
        call = list(CALLS)[next(turns) % len(CALLS)]
        yield from _on_call(call, name.title())
    for call, (called, _, _) in CALLS.items():
        for name in SERVICES[operation(called).service].secrets["headers"]:
            if name != "authorization":
                yield from _on_call(call, name)
    for scheme in ("Basic ", "Bearer ", "ACS mockcloud:", "AWS4-HMAC-SHA256 Credential=AKIDx/1, Signature="):
        for path in ("/elsewhere", "/v1/p/animated-graphics", "/v1/regions/cn-north-1/thumbnail"):
            wire = Wire("GET", path, "", (("Host", HOST), ("Authorization", f"{scheme}{SECRET_TEXT}")))
            yield Plant(f"{scheme.partition(' ')[0]}-on-{path}", wire)


def _on_call(call: str, name: str) -> Iterator[Plant]:
    called, parameters, scheme = CALLS[call]
    wire = signed(called, parameters, scheme=scheme)
    yield Plant(f"{name}-on-{call}", with_headers(wire, (name, SECRET_TEXT)))
    # The canonical request is part of Huawei Cloud's message, whatever its client chose to sign.
    is_listed = name.lower() in SERVICES[operation(called).service].secrets["headers"]
    wire = _resigned(called, parameters, scheme, name)
    yield Plant(f"{name}-on-refused-{call}", wire, told=call == "huawei" and not is_listed)


def _resigned(called: str, parameters: dict[str, Any], scheme: str, name: str) -> Wire:
    """A call with a header that its wrong signature covers: the diagnosis shows what should have been signed."""
    wire = signed(called, parameters, secret="another", scheme=scheme)
    headers = []
    for key, value in wire.headers:
        if key.lower() == "authorization":
            value = value.replace("SignedHeaders=", f"SignedHeaders={name.lower()};")
        headers.append((key, value))
    return replace(wire, headers=(*headers, (name, SECRET_TEXT)))


def of_credentials() -> Iterator[Plant]:
    """Signatures, secrets and somebody's real key."""
    for call, (called, parameters, scheme) in CALLS.items():
        wire = signed(called, parameters, key_id=REAL_KEY, scheme=scheme)
        yield Plant(f"real-key-on-{call}", wire, told=operation(called).service == "huawei-mpc")
        wire = signed(called, parameters, scheme=scheme)
        hexes = [value.rpartition("Signature=")[2] for name, value in wire.headers if name == "Authorization"]
        if hexes:
            headers = tuple((name, value.replace(hexes[0], SECRET_TEXT)) for name, value in wire.headers)
            yield Plant(f"signature-on-{call}", replace(wire, headers=headers))
    for name in ("Signature", "SecurityToken", "BearerToken", "signature"):
        wire = signed("alibaba-multimediaai.CreateGifTask", GIF, secret="another")
        added = f"{wire.query}&{name}={SECRET_TEXT}"
        # The string to sign is part of the documented message; whatever is in it but the signature comes back.
        yield Plant(f"{name}-in-query-of-alibaba", replace(wire, query=added), told=name != "Signature")
        body = f"{wire.body.decode()}&{name}={SECRET_TEXT}".encode()
        yield Plant(f"{name}-in-form-of-alibaba", replace(wire, body=body), told=name != "Signature")
    for name in ("Signature", "Token"):
        wire = signed("tencent-vod.DescribeTasks", {}, scheme="HmacSHA256", secret="another")
        yield Plant(f"{name}-in-form-of-tencent", replace(wire, body=wire.body + f"&{name}={SECRET_TEXT}".encode()))
    user = {"name": "mockcloud", "password": SECRET_TEXT, "domain": {"name": "mockcloud"}}
    identity = {"methods": ["password"], "password": {"user": user}}
    yield Plant("password", signed("huawei-mpc.KeystoneCreateUserTokenByPassword", {"auth": {"identity": identity}}))
    callback = {
        "CallbackType": "HTTP",
        "CallbackURL": "http://receiver.invalid/",
        "EventTypeList": "ALL",
        "AuthSwitch": "on",
    }
    yield Plant("AuthKey", signed("alibaba-vod.SetMessageCallback", {**callback, "AuthKey": SECRET_TEXT}))
    yield Plant("wrong-AuthKey", signed("alibaba-vod.SetMessageCallback", {**callback, "AuthKey": SECRET_TEXT * 5}))
    event = {"Mode": "PUSH", "NotificationUrl": "http://receiver.invalid/", "SignKey": SECRET_TEXT}
    for scheme in ("", "HmacSHA256", "tc3-get"):
        yield Plant(f"SignKey-{scheme}", signed("tencent-vod.ModifyEventConfig", event, scheme=scheme))
        yield Plant(
            f"wrong-SignKey-{scheme}",
            signed("tencent-vod.ModifyEventConfig", {**event, "SignKey": [SECRET_TEXT]}, scheme=""),
        )


def bodies(name: str, value: str) -> dict[str, str]:
    """A secret under its name in every kind of body."""
    part = f'--b\r\nContent-Disposition: form-data; name="{name}"'
    return {
        "json": json.dumps({"a": [{"b": {name: value}}], name: value}),
        "json-in-json": json.dumps({"a": json.dumps({name: value})}),
        "json-open": json.dumps({"a": 1, name: value})[:-2],
        "json-object": json.dumps({name: {"deep": value}}),
        "form": f"a=1&{name}={value}&b=2",
        "xml": f"<a><{name}>{value}</{name}></a>",
        "xml-with-attributes": f'<a><{name} type="x">{value}</{name}></a>',
        "xml-as-attribute": f'<a {name}="{value}"/>',
        "parts": f"{part}\r\n\r\n{value}\r\n--b--\r\n",
        "parts-of-a-type": f"{part}\r\nContent-Type: text/plain\r\n\r\n{value}\r\n--b--",
    }


def posted(place: str, kind: str, text: str) -> Wire:
    """A body of a kind, without credentials, to a service or to nobody."""
    form = ("Content-Type", "multipart/form-data; boundary=b") if kind.startswith("parts") else JSON
    form = FORM if kind == "form" else form
    path, headers = {
        "alibaba-vod": ("/", (("x-acs-action", "GetVideoList"), ("x-acs-version", "2017-03-21"))),
        "huawei-mpc": ("/v1/p/animated-graphics", ()),
        "jdcloud-mps": ("/v1/regions/cn-north-1/thumbnail", ()),
        "tencent-vod": ("/", (("X-TC-Action", "ProcessMedia"), ("X-TC-Version", "2018-07-17"))),
    }.get(place, ("/elsewhere", ()))
    return Wire("POST", path, "", (("Host", HOST), form, *headers), text.encode())


PLACES = ("alibaba-vod", "huawei-mpc", "jdcloud-mps", "tencent-vod", "nobodys")


def of_bodies() -> Iterator[Plant]:
    """What is secret everywhere, at one place after the other; what a contract lists, at its service."""
    turns = count()
    for name in sorted(PARAMETERS | {"AccessKeySecret", "secret_key", "SecurityToken", "Access-Key-Secret"}):
        for kind, text in bodies(name, SECRET_TEXT).items():
            place = PLACES[next(turns) % len(PLACES)]
            yield Plant(f"{name}-as-{kind}-at-{place}", posted(place, kind, text))
    for place in PLACES[:-1]:
        for name in SERVICES[place].secrets["parameters"]:
            for kind, text in bodies(name, REAL_KEY if name in KEY_IDS else SECRET_TEXT).items():
                yield Plant(f"{name}-as-{kind}-at-{place}", posted(place, kind, text))


def of_queries() -> Iterator[Plant]:
    """Every secret name in a query, in any spelling."""
    paths = ("/elsewhere", "/v1/p/animated-graphics", "/v1/regions/cn-north-1/thumbnail")
    turns = count()
    for name in sorted(PARAMETERS | SIGNED | KEY_IDS - {"access", "qak"} | {"q-ak"}):
        value = REAL_KEY if name in KEY_IDS | {"q-ak"} else SECRET_TEXT
        for spelt in (name, name.upper(), name.title()):
            wire = Wire("GET", paths[next(turns) % len(paths)], f"a=1&{spelt}={value}&b=2", (("Host", HOST),))
            yield Plant(f"{spelt}-in-query", wire)


PLANTS: list[Plant] = [
    plant for family in (of_urls, of_headers, of_credentials, of_bodies, of_queries) for plant in family()
]

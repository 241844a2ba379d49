"""What is said when a signature is wrong."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from dataclasses import replace

import pytest

from mockcloud.model import Refusal
from mockcloud.providers.huawei import sign
from mockcloud.providers.huawei.mistakes import diagnose

from .raw import PATH, SERVICE, decoded
from .test_sign import gate, reauthorized, signed

SECRET = "mockcloud-secret"
DATE = "20201119T103652Z"
BODY = b'{"input": {}}'
WIRE = signed(
    "POST",
    query="b=1&a=x%20y&a=v%2Fw",
    body=BODY,
    User_Agent="sdk/3.0; app/#1",
    Date="Thu, 19 Nov 2020 10:36:52 GMT",
)
UNESCAPED = signed(query="task_id=a/b")
PORTLESS = signed(Host="mpc.cn-north-4.myhuaweicloud.com")
UNSORTED = reauthorized(WIRE, signed=("content-type;date;host", "host;content-type;date"))
HASHED = signed("POST", body=BODY, X_Sdk_Content_Sha256="UNSIGNED-PAYLOAD")


def told(wire):
    """The diagnosis of a request that is refused for its signature."""
    call = decoded(wire)
    with pytest.raises(Refusal) as caught:
        sign.verify(call, sign.credentials(call, SERVICE), SERVICE, gate())
    assert caught.value.reason == "signature"
    assert caught.value.detail == caught.value.diagnosis["difference"]
    return caught.value.diagnosis


def carrying(wire, signature):
    """The same request with another signature."""
    return reauthorized(wire, signature=(wire.header("authorization").rpartition("=")[2], signature))


def ours(wire=WIRE):
    return next(sign.readings(wire, sign.credentials(decoded(wire), SERVICE).parts["proof"]))


def line(number, text, wire=WIRE):
    """The canonical request with one of its lines replaced."""
    lines = ours(wire).split("\n")
    lines[number] = text
    return "\n".join(lines)


REQUESTS = [
    ("the slash at the end of the path was left out", WIRE, line(1, PATH)),
    ("the query was left out", WIRE, line(2, "")),
    ("the query was signed as it stands in the URL", UNESCAPED, line(2, "task_id=a/b", UNESCAPED)),
    ("repeated names were joined with ','", WIRE, line(2, "a=x%20y%2Cv%2Fw&b=1")),
    ("a space in the query was encoded as '+', it must be %20", WIRE, line(2, "a=v%2Fw&a=x+y&b=1")),
    ("the body was signed as an empty one", WIRE, line(-1, hashlib.sha256(b"").hexdigest())),
    ("the body was signed unhashed", WIRE, line(-1, BODY.decode())),
    ("the hash of the body is in upper case", WIRE, line(-1, hashlib.sha256(BODY).hexdigest().upper())),
    ("X-Sdk-Content-Sha256 was sent but not signed", HASHED, line(-1, hashlib.sha256(BODY).hexdigest(), HASHED)),
    ("the empty line behind the headers was left out", WIRE, ours().replace("\n\n", "\n")),
    ("the method was signed in lower case", WIRE, line(0, "post")),
    ("the host was signed without its port", WIRE, ours().replace("127.0.0.1:4580", "127.0.0.1")),
    ("the host was signed with the port 443", PORTLESS, ours(PORTLESS).replace(".com\n", ".com:443\n")),
    (
        "User-Agent is in SignedHeaders but was not signed",
        WIRE,
        ours().replace("user-agent:sdk/3.0; app/#1\n", "").replace(";user-agent", ""),
    ),
]


@pytest.mark.parametrize(("mistake", "wire", "theirs"), REQUESTS, ids=[mistake for mistake, _, _ in REQUESTS])
def test_mistake_in_the_canonical_request_is_named(mistake, wire, theirs):
    found = told(carrying(wire, sign.signature(SECRET, DATE, theirs)))

    assert found["difference"].startswith(mistake)
    assert found["ours"] == ours(wire)
    assert found["theirs"] == theirs
    assert "line " in found["difference"]


def test_unsorted_headers_are_named():
    lines = ours(UNSORTED).split("\n")
    block = [*lines[5:6], *lines[3:5]]
    theirs = "\n".join([*lines[:3], *block, *lines[6:-2], "host;content-type;date;user-agent;x-sdk-date", lines[-1]])

    found = told(carrying(UNSORTED, sign.signature(SECRET, DATE, theirs)))

    assert found["difference"].startswith("the signed headers were not sorted")


def digest(key, text):
    return hmac.new(key.encode(), text.encode(), "sha256").hexdigest()


RIGHT = sign.signature(SECRET, DATE, ours())
SIGNATURES = [
    ("the signature is in upper case", RIGHT.upper()),
    ("the signature is in Base64, it must be hex", b64encode(bytes.fromhex(RIGHT)).decode()),
    ("signed with the access key id as the key", sign.signature("mockcloud", DATE, ours())),
    ("signed with the secret with white space behind it as the key", sign.signature(f"{SECRET}\n", DATE, ours())),
    ("signed with 'SDK' and the secret as the key", sign.signature(f"SDK{SECRET}", DATE, ours())),
    (
        "signed with 'SDK-HMAC-SHA256' and the secret as the key",
        sign.signature(f"SDK-HMAC-SHA256{SECRET}", DATE, ours()),
    ),
    (
        "the canonical request went into the string to sign unhashed",
        digest(SECRET, f"SDK-HMAC-SHA256\n{DATE}\n{ours()}"),
    ),
    ("the canonical request itself was signed", digest(SECRET, ours())),
    (
        "a key was derived from the date, the secret itself is the key",
        hmac.new(
            hmac.digest(SECRET.encode(), b"20201119", "sha256"), sign.string_to_sign(DATE, ours()).encode(), "sha256"
        ).hexdigest(),
    ),
    (
        "the Date header was signed in place of X-Sdk-Date",
        sign.signature(SECRET, "Thu, 19 Nov 2020 10:36:52 GMT", ours()),
    ),
]


@pytest.mark.parametrize(("mistake", "made"), SIGNATURES, ids=[mistake for mistake, _ in SIGNATURES])
def test_mistake_in_the_signature_is_named(mistake, made):
    found = told(carrying(WIRE, made))

    assert found == {"ours": ours(), "theirs": ours(), "difference": mistake}


def test_wrong_secret_is_suspected_when_nothing_else_fits():
    found = told(signed(secret="guess"))

    assert found["theirs"] is None
    assert "the secret is probably wrong" in found["difference"]


def test_bytes_of_the_query_that_are_not_utf_8_are_no_mistake_of_ours():
    assert "the secret is probably wrong" in told(replace(WIRE, query="\udcff=%ff"))["difference"]


def test_signed_header_that_is_not_there_is_named():
    found = told(reauthorized(signed(), signed=("host;", "host;x-language;")))

    assert found["difference"] == "SignedHeaders names x-language, which the request does not have"


def test_secret_headers_are_hidden():
    wire = signed(secret="guess")
    wire = replace(wire, headers=(*wire.headers, ("X-Security-Token", "do-not-tell")))
    found = told(reauthorized(wire, signed=(";x-sdk-date", ";x-sdk-date;x-security-token")))

    assert "do-not-tell" not in str(found)
    assert "x-security-token:***" in found["ours"]


def test_path_as_in_the_url_is_named():
    theirs = ours(UNESCAPED).replace("animated-graphics", "animated%2dgraphics")
    wire = replace(UNESCAPED, path=UNESCAPED.path.replace("animated-graphics", "animated%2dgraphics"))
    proof = sign.credentials(decoded(UNESCAPED), SERVICE).parts["proof"]
    made = sign.signature(SECRET, DATE, theirs)

    found = diagnose(wire, replace(proof, signature=made), SECRET, SERVICE)

    assert found["difference"].startswith("the path was signed as it stands in the URL")

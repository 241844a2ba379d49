"""Signature version 1: the published vector, and every usual mistake recognised."""

from __future__ import annotations

import pytest

from mockcloud.providers.alibaba import sign_v1
from mockcloud.providers.alibaba.pairs import parse

from .raw import VECTORS

QUERY = parse("b=2&A=x%20y*~%2F&Action=CreateGifTask&Empty=&Signature=ignored&c=%252F")
FORM = parse("Form=1")
SECRET = "mockcloud-secret"


@pytest.mark.parametrize("vector", VECTORS["version-1"], ids=lambda vector: vector["signature"])
def test_published_vector(vector):
    text = sign_v1.string_to_sign(vector["method"], parse(vector["query"]))
    assert text == vector["string"]
    assert sign_v1.signature(vector["secret"], text) == vector["signature"]


def test_string_to_sign_sorts_by_code_point_encodes_twice_and_keeps_empty_values():
    assert sign_v1.string_to_sign("POST", QUERY + FORM) == (
        "POST&%2F&A%3Dx%2520y%252A~%252F%26Action%3DCreateGifTask%26Empty%3D%26Form%3D1%26b%3D2%26c%3D%25252F"
    )


def test_every_mistake_has_its_own_name_and_signature():
    found = list(sign_v1.mistakes("POST", QUERY, FORM, SECRET))
    assert len({what for what, _, _ in found}) == len(found)
    right = sign_v1.signature(SECRET, sign_v1.string_to_sign("POST", QUERY + FORM))
    assert right not in [signature for _, _, signature in found]


@pytest.mark.parametrize(
    "part",
    [
        "without the '&' behind it",
        "HMAC-SHA256",
        "hex",
        "GET",
        "wire order",
        "without regard to case",
        "form body were left out",
        "query were left out",
        "empty value were left out",
        "second time",
        "'/' was not encoded",
        "space was encoded as '+'",
        "'*' was left",
        "'~' was encoded",
        "lower case",
        "nothing was encoded",
    ],
)
def test_a_usual_mistake_is_among_them(part):
    assert any(part in what for what, _, _ in sign_v1.mistakes("POST", QUERY, FORM, SECRET))

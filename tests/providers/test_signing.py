from __future__ import annotations

import pytest

from mockcloud.providers.signing import EMPTY_SHA256, first_difference, hmac_sha256, is_same, sha256_hex


def test_sha256_is_lower_case_hex():
    assert sha256_hex(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256_hex(b"") == EMPTY_SHA256


def test_hmac_is_that_of_rfc_4231_case_2():
    wanted = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert hmac_sha256(b"Jefe", "what do ya want for nothing?").hex() == wanted


@pytest.mark.parametrize(
    ("received", "same"),
    [("abc", True), ("abd", False), ("", False), ("abcd", False), ("ab\u00e9", False), ("\udcff", False)],
)
def test_signatures_are_compared_whatever_arrives(received, same):
    assert is_same("abc", received) is same


@pytest.mark.parametrize(
    ("ours", "theirs", "told"),
    [
        ("GET\n/a/\n", "GET\n/a\n", r"line 2, column 3: here '/\n', there '\n'"),
        ("abc", "abd", "line 1, column 3: here 'c', there 'd'"),
        ("abc", "abcd", "line 1, column 4: here '', there 'd'"),
        ("a\n\nb", "a\n\nc", "line 3, column 1: here 'b', there 'c'"),
    ],
)
def test_first_difference_names_line_column_and_what_stands_there(ours, theirs, told):
    assert first_difference(ours, theirs) == told


def test_first_difference_shows_a_little_of_long_texts():
    assert first_difference("a" + "b" * 100, "a" + "c" * 100, around=3) == "line 1, column 2: here 'bbb', there 'ccc'"

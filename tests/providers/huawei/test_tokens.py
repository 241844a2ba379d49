"""What a token says by itself."""

from __future__ import annotations

import pytest

from mockcloud.providers.huawei.tokens import made_up_id, make_token, opens, project_of


def test_token_names_its_project():
    token = make_token("p1", "x")

    assert token.startswith("MII")
    assert project_of(token) == "p1"
    assert opens(token, "p1")
    assert not opens(token, "p2")


def test_token_of_an_account_opens_no_project():
    assert not opens(make_token("", "x"), "p1")


def test_fixed_token_opens_every_project():
    assert opens("mockcloud-token", "p1")


@pytest.mark.parametrize("text", ["", "MII", "MII$$$", "MIIAAAA", "nonsense", "MIIWzFd", "MII\udcff"])
def test_text_that_is_no_token_names_no_project(text):
    assert project_of(text) == ""


def test_made_up_ids_are_stable_and_apart():
    assert made_up_id("a", "project", "cn-north-1") == made_up_id("a", "project", "cn-north-1")
    assert len({made_up_id(account, "project", name) for account in "ab" for name in ("x", "y")}) == 4
    assert len(made_up_id("a", "domain")) == 32

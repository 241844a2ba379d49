"""Secrets are taken out of what a client says and of what reports hold."""

from __future__ import annotations

import json

import pytest

from mockcloud.check.battery import Options, offer_of, open_session
from mockcloud.check.clean import Clean
from mockcloud.contract.load import Contracts
from mockcloud.gate import SECRET

from .gifs import Gifs

OFFER = offer_of(Gifs, Contracts())


def test_half_characters_can_be_written():
    cleaned = Clean(OFFER)({"text": "a\ud800b"})
    assert json.dumps(cleaned, ensure_ascii=False).encode() == b'{"text": "a?b"}'


@pytest.mark.parametrize(
    ("name", "secret"), [("X-Auth-Token", "abc"), ("password", "abc"), ("Signature", "abc")], ids=str
)
def test_secret_members_are_hidden(name, secret):
    assert Clean(OFFER)({"asked": {name: secret}}) == {"asked": {name: "***"}}


class TellsAll(Gifs):
    """Its exceptions hold what it was given to sign with."""

    def create(self, client, p):
        raise RuntimeError(f"secret={SECRET} password='abc'")


def test_what_a_client_says_is_told_without_its_secrets(mockcloud):
    with open_session(offer_of(TellsAll, Contracts()), mockcloud, Options()).open() as session:
        session.fresh()
        ending = session.ask("create", {})
    assert ending.says.startswith("crashed: RuntimeError: ")
    assert [word for word in (SECRET, "abc") if word in ending.says] == []


class TellsLines(Gifs):
    def create(self, client, p):
        raise RuntimeError("refused:\n::error::not ours\x1b[31m\x00\r\u202egnihton  动图\n")


def test_what_a_client_says_is_one_line(mockcloud):
    with open_session(offer_of(TellsLines, Contracts()), mockcloud, Options()).open() as session:
        session.fresh()
        ending = session.ask("create", {})

    told = r"crashed: RuntimeError: refused:\n::error::not ours\x1b[31m\x00\r\u202egnihton  动图"
    assert ending.says == told

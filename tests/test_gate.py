"""Who is known, and what is remembered of keys, nonces and tokens."""

from __future__ import annotations

import pytest

from mockcloud.gate import KEY_ID, SECRET, TOKEN, Gate, token_of


class Wall:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def wall():
    return Wall()


@pytest.mark.parametrize("key_id", ["mockcloud", "mockcloud-a", "mockcloud-" + "x" * 100])
def test_keys_of_the_mock_share_one_secret(key_id):
    assert (Gate().secret(key_id), Gate().account(key_id)) == (SECRET, key_id)


@pytest.mark.parametrize("key_id", ["", "mock", "mockcloudy", "LTAI5t", "mockcloud-" + "x" * 119, "MOCKCLOUD"])
def test_other_keys_have_none_and_belong_to_the_first_account(key_id):
    assert (Gate().secret(key_id), Gate().account(key_id)) == (None, KEY_ID)


def test_nonce_is_used_within_its_window(wall):
    gate = Gate(wall=wall)
    gate.remember_nonce("mockcloud", "n")
    wall.now += 900
    assert gate.nonce_is_used("mockcloud", "n", 900)
    assert not gate.nonce_is_used("mockcloud", "n", 899)


@pytest.mark.parametrize(("key_id", "nonce"), [("mockcloud", "m"), ("mockcloud-a", "n")])
def test_other_nonce_or_other_key_is_free(key_id, nonce):
    gate = Gate()
    gate.remember_nonce("mockcloud", "n")
    assert not gate.nonce_is_used(key_id, nonce, 900)


def test_oldest_nonces_go_and_are_counted():
    gate = Gate(most_nonces=2)
    for nonce in ("a", "b", "a", "c"):
        gate.remember_nonce("mockcloud", nonce)
    assert [gate.nonce_is_used("mockcloud", nonce, 900) for nonce in "abc"] == [True, False, True]
    assert gate.nonces_dropped == 1


def test_long_nonce_takes_no_more_room_than_a_short_one():
    gate = Gate()
    gate.remember_nonce("mockcloud", "n" * 100_000)
    assert gate.nonce_is_used("mockcloud", "n" * 100_000, 900)
    assert not gate.nonce_is_used("mockcloud", "n" * 99_999, 900)
    assert sum(len(nonce) for _, nonce in gate._nonces) < 200


def test_fixed_token_belongs_to_the_first_account_for_ever():
    assert Gate().token(TOKEN) == (KEY_ID, float("inf"))


@pytest.mark.parametrize("name", ["a", "a-b"])
def test_fixed_token_of_an_account(name):
    token, account = f"mockcloud-token-{name}", f"mockcloud-{name}"
    assert (Gate().token(token), token_of(account)) == ((account, float("inf")), token)


@pytest.mark.parametrize("token", ["mockcloud-tokens", "mockcloud", "", "a", f"mockcloud-token-{'n' * 120}"])
def test_no_fixed_token(token):
    assert Gate().token(token) is None


def test_issued_token_opens_its_account():
    gate = Gate()
    gate.issue_token("tok", "mockcloud-a", 5000.0)
    assert (gate.token("tok"), gate.token("other")) == (("mockcloud-a", 5000.0), None)


def test_oldest_tokens_go():
    gate = Gate(most_nonces=1)
    gate.issue_token("a", KEY_ID, 1.0)
    gate.issue_token("b", KEY_ID, 1.0)
    assert (gate.token("a"), gate.token("b")) == (None, (KEY_ID, 1.0))


def test_reset_forgets_everything_issued_and_used():
    gate = Gate(most_nonces=1)
    gate.issue_token("tok", KEY_ID, 1.0)
    for nonce in "mn":
        gate.remember_nonce(KEY_ID, nonce)
    gate.reset()
    assert (gate.token("tok"), gate.nonce_is_used(KEY_ID, "n", 900), gate.nonces_dropped) == (None, False, 0)


def test_reset_of_an_account_leaves_the_others():
    gate = Gate()
    for account in ("mockcloud-a", "mockcloud-b"):
        gate.issue_token(f"tok-{account}", account, 1.0)
        gate.remember_nonce(account, "n")
    gate.reset("mockcloud-a")
    assert (gate.token("tok-mockcloud-a"), gate.nonce_is_used("mockcloud-a", "n", 900)) == (None, False)
    assert (gate.token("tok-mockcloud-b"), gate.nonce_is_used("mockcloud-b", "n", 900)) == (("mockcloud-b", 1.0), True)

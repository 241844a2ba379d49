"""A secret is gone however it is wrapped; redacting takes any text, changes nothing twice, and only ever hides more."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

from hypothesis import given
from hypothesis import strategies as st

from mockcloud.redact import HEADERS, KEY_IDS, PARAMETERS, SIGNED, Redactor
from tests.contract.catalog import SERVICES
from tests.fuzz.effort import effort
from tests.fuzz.wires import SAMPLES, TEXT

CANARY = "c4n4rySECRETvalue"
LISTED = {name for service in SERVICES for names in service.secrets.values() for name in names}
OF_SERVICES = [Redactor(service.secrets["headers"], service.secrets["parameters"]) for service in SERVICES]
BARE = Redactor()

spelt = st.sampled_from([str.lower, str.upper, str.title, lambda name: name])
everywhere = st.builds(lambda name, how: how(name), st.sampled_from(sorted(PARAMETERS)), spelt)
in_pairs = st.builds(
    lambda name, how: how(name), st.sampled_from(sorted(PARAMETERS | SIGNED | KEY_IDS - {"access"})), spelt
)
around = st.text(st.characters(codec="ascii", exclude_characters="\x00"), max_size=8)
Wrap = Callable[[str], str]

# What a text that holds a secret may itself stand in.
INSIDE: list[Wrap] = [
    lambda text: json.dumps({"a": 1, "Content": text}),
    lambda text: json.dumps([text], indent=2),
    lambda text: f"http://h/p?{text}",
    lambda text: f"CallbackUrl={quote(f'http://h/p?{text}', safe='')}&x=1",
    lambda text: f"<a><b>{text}</b></a>",
    lambda text: f"/Url = {text!r}: must have at most 3 characters",
    lambda text: f"GET\n/\n{text}\nhost:h\n",
]


@effort(3)
@given(everywhere | in_pairs, st.sampled_from(INSIDE), around, around, st.sampled_from([quote, quote_plus, str]))
def test_a_secret_pair_is_gone_wherever_it_stands(name, inside, before, after, encode):
    pair = f"a={encode(before)}&{name}={CANARY}&b={encode(after)}"
    assert CANARY not in BARE.text(inside(pair))


@effort(3)
@given(everywhere, st.lists(st.sampled_from(["json", "list", "member", "text"]), max_size=4), around)
def test_a_secret_member_is_gone_at_any_depth(name, layers, other):
    value: object = {other: 1, name: CANARY}
    for layer in layers:
        match layer:
            case "json":
                value = {"Content": json.dumps(value)}
            case "list":
                value = [other, value]
            case "member":
                value = {"x": value, other: None}
            case _:
                value = f"/Content = {json.dumps(value)}"
    assert CANARY not in BARE.text(json.dumps(value))
    assert CANARY not in json.dumps(BARE.value(value))


@effort(1)
@given(st.sampled_from(sorted(HEADERS | LISTED)), spelt, st.sampled_from(["", "Bearer ", "TC3-HMAC-SHA256 Signature="]))
def test_a_secret_header_is_gone(name, how, scheme):
    for redactor in OF_SERVICES:
        shown = redactor.headers([(how(name), f"{scheme}{CANARY}")])
        owner = name in HEADERS or name.endswith(("-token", "-signature"))
        assert not owner or CANARY not in shown[0][1]


@effort(3)
@given(TEXT | st.sampled_from([wire.body.decode("utf-8", "replace") for wire in SAMPLES]) | st.text())
def test_redacting_twice_is_redacting_once(text):
    once = BARE.text(text)
    assert BARE.text(once) == once


@effort(3)
@given(
    st.lists(
        st.sampled_from(["Signature", "token", "=", "&", '"', "{", "}", ":", "\\", "%3D", "<", ">", ",", " "]) | TEXT
    )
)
def test_any_text_is_taken(pieces):
    assert isinstance(BARE.text("".join(pieces)), str)
    assert BARE.headers([("Authorization", "".join(pieces))])


@effort(0.5)
@given(
    st.lists(st.text(max_size=6) | st.sampled_from(["signature", "a", "=", "accesskeyid", "(", "-"]), max_size=4),
    in_pairs,
)
def test_more_names_never_show_what_was_hidden(more, name):
    text = f"a=1&{name}={CANARY}&b=2"
    assert CANARY not in Redactor(more, more).text(text)
    assert CANARY not in str(Redactor(more, more).headers([("Authorization", f"X {CANARY}"), ("Cookie", CANARY)]))


@effort(0.4)
@given(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=3, max_size=12), spelt)
def test_a_name_that_a_user_adds_is_hidden_everywhere(name, how):
    redactor = Redactor([name], [name])
    assert CANARY not in redactor.text(f"a=1&{how(name)}={CANARY}")
    assert CANARY not in redactor.text(json.dumps({"x": [{how(name): CANARY}]}))
    assert CANARY not in redactor.text(f"<{how(name)}>{CANARY}</{how(name)}>")
    assert CANARY not in str(redactor.headers([(how(name), CANARY)]))

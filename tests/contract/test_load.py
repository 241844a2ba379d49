"""YAML as contracts have it: JSON's implicit types, no key twice, nothing but mappings; folders of contracts."""

from __future__ import annotations

from contextlib import suppress

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mockcloud.contract.build import ContractError
from mockcloud.contract.load import Contracts, contracts_root, read_yaml
from tests.fuzz.effort import effort
from tests.small import documents


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2019-08-10",
            "2019-08-10T00:00:00Z",
            "on",
            "off",
            "yes",
            "no",
            "Yes",
            "True",
            "FALSE",
            "NULL",
            "Null",
            "y",
            "n",
        ),
        *(
            "012",
            "0x1f",
            "0o17",
            "0b1",
            "1_000",
            "+1",
            ".5",
            "1.",
            ".inf",
            ".nan",
            "1:30",
            "12:30:45",
            "=",
            "<<x",
            "-",
            "~x",
        ),
        *("1e", "e1", "--1", "1.2.3"),
    ],
)
def test_text_stays_text(text):
    assert read_yaml(f"a: {text}" if text != "-" else "a: '-'", "f") == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(
            ("1", 1),
            ("0", 0),
            ("-7", -7),
            ("1.5", 1.5),
            ("-0.25", -0.25),
            ("1e5", 1e5),
            ("1E-2", 0.01),
            ("2.5e+3", 2500.0),
        ),
        *(("true", True), ("false", False), ("null", None), ("", None), ("'1'", "1"), ('"true"', "true")),
    ],
)
def test_json_types_are_types(text, value):
    found = read_yaml(f"a: {text}", "f")["a"]
    assert (found, type(found)) == (value, type(value))


def test_keys_are_text():
    assert read_yaml("{200: a, true: b, null: c, 1.5: d, on: e}", "f") == dict(
        zip(["200", "true", "null", "1.5", "on"], "abcde", strict=True)
    )


@pytest.mark.parametrize(
    "text", ["a: 1\na: 2", "a: {b: 1, b: 2}", "a: [{b: 1, b: 2}]", "{1: a, '1': b}", "{a: {b: {c: [{d: 1, d: 1}]}}}"]
)
def test_key_twice_is_refused_at_every_level(text):
    with pytest.raises(ContractError, match="stands twice") as caught:
        read_yaml(text, "acme/file.yaml")
    assert caught.value.text.startswith("acme/file.yaml: ")
    assert caught.value.hint.startswith("line ")


@pytest.mark.parametrize("text", ["", "[]", "text", "1", "null", "- a"])
def test_what_is_no_mapping_is_refused(text):
    with pytest.raises(ContractError, match="a contract is a mapping"):
        read_yaml(text, "f")


@pytest.mark.parametrize(
    "text",
    [
        "a: [",
        "a: 'x",
        "\ta: 1",
        "a: b: c",
        "a: !!python/object:os.system x",
        "a: *nowhere",
        "a: \x00",
        "{[1]: 2}",
        "{{a: 1}: 2}",
        "? [a]\n: b",
    ],
)
def test_what_is_no_yaml_is_refused(text):
    with pytest.raises(ContractError):
        read_yaml(text, "f")


@pytest.mark.parametrize("text", ["[" * 20_000, "{a: " * 20_000, "a: " + "[" * 5000 + "]" * 5000])
def test_deep_yaml_is_refused(text):
    with pytest.raises(ContractError):
        read_yaml(text, "f")


@effort()
@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from([*"abc:-?[]{},&*!|>'\"%@`# \n", "a: ", "- ", "<<: ", "&x ", "*x"])).map("".join)
)
def test_any_text_is_a_mapping_or_a_contract_error(text):
    with suppress(ContractError):
        assert isinstance(read_yaml(text, "f"), dict)


# Folders


@pytest.fixture
def root(tmp_path):
    provider, service, operation = documents()
    folder = tmp_path / "acme" / "gif"
    folder.mkdir(parents=True)
    for path, document in (
        (tmp_path / "acme" / "provider.yaml", provider),
        (folder / "service.yaml", service),
        (folder / "Make.yaml", operation),
    ):
        path.write_text(yaml.safe_dump(document), "utf-8")
    return tmp_path


def test_folder_is_a_service(root):
    contracts = Contracts(root)
    assert (contracts.ids(), contracts.of_provider("acme"), contracts.of_provider("x")) == (
        ("acme-gif",),
        ("acme-gif",),
        (),
    )
    assert list(contracts.service("acme-gif").operations) == ["Make"]


def test_service_is_read_once(root):
    contracts = Contracts(root)
    assert contracts.service("acme-gif") is contracts.service("acme-gif")


def test_service_is_not_read_before_it_is_asked_for(root):
    (root / "acme" / "gif" / "Make.yaml").write_text("nonsense", "utf-8")
    contracts = Contracts(root)
    assert contracts.ids() == ("acme-gif",)
    with pytest.raises(ContractError, match="gif/Make"):
        contracts.service("acme-gif")


def test_unknown_service_is_a_key_error(root):
    with pytest.raises(KeyError):
        Contracts(root).service("acme-mp4")


@pytest.mark.parametrize(
    ("host", "provider"),
    [
        ("gif.cn-north-1.acme.example", "acme"),
        ("gif.a.b.acme.example", None),
        ("gifxa.acme.example", None),
        ("evil.gif.a.acme.example", None),
    ],
)
def test_hosts_are_matched_by_whole_labels(root, host, provider):
    found = [name for name, pattern in Contracts(root).hosts() if pattern.fullmatch(host)]
    assert found == ([provider] if provider else [])


def test_switches_are_taken(root):
    path = root / "acme" / "gif" / "service.yaml"
    document = yaml.safe_load(path.read_text("utf-8"))
    document["refusals"]["range"] = {"by": "result", "flat": "Busy", "both": "Bad"}
    path.write_text(yaml.safe_dump(document), "utf-8")
    codes = [
        Contracts(root, {"acme-gif.result": value}).service("acme-gif").refusals["range"].code
        for value in ("flat", "both")
    ]
    assert codes == ["Busy", "Bad"]


def test_contracts_of_the_checkout_are_found():
    assert (contracts_root() / "huawei" / "provider.yaml").is_file()


def test_services_of_the_package_are_read_once_in_a_process():
    service = Contracts().service("tencent-vod")

    assert Contracts().service("tencent-vod") is service
    assert Contracts(options={"tencent-vod.fps-max": 30}).service("tencent-vod") is not service

"""Values to XML and back."""

from __future__ import annotations

import pytest
from defusedxml import ElementTree

from mockcloud.providers.alibaba import xml

from .raw import FIXTURES


def test_a_document_has_one_root_and_an_element_per_member():
    document = xml.render("CreateGifTaskResponse", {"RequestId": "ID", "TaskId": 1, "Code": "OK"})
    assert document.decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>'
        "<CreateGifTaskResponse><RequestId>ID</RequestId><TaskId>1</TaskId><Code>OK</Code></CreateGifTaskResponse>"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (1.5, "1.5"),
        (2**63 - 1, "9223372036854775807"),
        ("", ""),
        ("a & <b>", "a & <b>"),
        ("a\r\nb\rc\n", "a\r\nb\rc\n"),
    ],
)
def test_values_become_text(value, text):
    assert xml.parse(xml.render("Root", {"Value": value})) == ("Root", {"Value": text})


def test_a_list_is_the_element_repeated():
    document = xml.render("Root", {"Tasks": [{"TaskId": 2}, {"TaskId": 1}], "Empty": []})
    assert document.endswith(b"<Root><Tasks><TaskId>2</TaskId></Tasks><Tasks><TaskId>1</TaskId></Tasks></Root>")
    assert xml.parse(document)[1] == {"Tasks": [{"TaskId": "2"}, {"TaskId": "1"}]}


def test_three_of_a_kind_are_one_list():
    assert xml.parse(xml.render("Root", {"N": [1, 2, 3]}))[1] == {"N": ["1", "2", "3"]}


def test_what_is_none_is_left_out():
    assert xml.parse(xml.render("Root", {"Absent": None, "There": 1}))[1] == {"There": "1"}


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("a b", "a_b"),
        ("1st", "_1st"),
        ("<x>", "_x_"),
        ("", "_"),
        ("首", "首"),
        ("a:b", "a_b"),
        ("a²", "a_"),
        ("ªb", "_b"),
    ],
)
def test_a_name_that_xml_does_not_allow_is_bent(key, name):
    _, members = xml.parse(xml.render("Root", {"Content": {key: 1}}))
    assert members == {"Content": {name: "1"}}


@pytest.mark.parametrize("char", ["\x00", "\x1b", "\ufffe", "\udcff"])
def test_characters_that_xml_cannot_hold_are_replaced(char):
    _, members = xml.parse(xml.render("Root", {"Value": f"a{char}b"}))
    assert members == {"Value": "a\ufffdb"}


@pytest.mark.parametrize("operation", ["CreateGifTask", "GetTaskResult"])
def test_a_documented_answer_round_trips(operation):
    documented = (FIXTURES / "multimediaai" / f"{operation}.xml").read_bytes()
    root, members = xml.parse(documented)
    tree = ElementTree.fromstring(xml.render(root, members))
    compact = [element.text for element in ElementTree.fromstring(documented).iter() if not len(element)]
    assert root == f"{operation}Response"
    assert [element.text for element in tree.iter() if not len(element)] == compact


@pytest.mark.parametrize("document", [b"", b"<a>", b"<RequestId>r</RequestId><Status>2</Status>"])
def test_what_is_no_document_is_a_wrong_value(document):
    with pytest.raises(ValueError, match="line 1"):
        xml.parse(document)

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mockcloud import serving
from mockcloud.model import Misuse

URL = "http://127.0.0.1:4580"


def test_endpoints_file_is_lines_that_a_shell_reads(tmp_path):
    lines = serving.endpoints_text(tmp_path / "mockcloud.env", URL).splitlines()
    assert lines[0] == f"MOCKCLOUD_URL={URL}"
    assert {"MOCKCLOUD_PORT=4580", "MOCKCLOUD_ENDPOINT=127.0.0.1:4580", "MOCKCLOUD_ACCESS_KEY_ID=mockcloud"} < set(
        lines
    )


def test_endpoints_file_is_json_when_its_name_says_so(tmp_path):
    known = json.loads(serving.endpoints_text(tmp_path / "mockcloud.json", URL))
    assert known["url"] == URL
    assert known["port"] == "4580"


def test_endpoints_file_replaces_an_older_one_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "mockcloud.env"
    path.write_text("old")
    text = serving.write_endpoints(path, URL)
    assert path.read_text() == text
    assert list(tmp_path.iterdir()) == [path]


def test_endpoints_file_that_cannot_be_written_is_told(tmp_path):
    path = tmp_path / "folder"
    path.mkdir()
    with pytest.raises(serving.CannotRun, match="cannot write the endpoints file"):
        serving.write_endpoints(path, URL)
    assert list(tmp_path.iterdir()) == [path]


def test_endpoints_file_of_another_server_stays(tmp_path):
    path = tmp_path / "mockcloud.env"
    ours = serving.write_endpoints(path, URL)
    path.write_text("theirs")
    serving.remove_endpoints(path, ours)
    assert path.read_text() == "theirs"


def test_endpoints_file_that_somebody_removed_is_no_trouble(tmp_path: Path):
    serving.remove_endpoints(tmp_path / "gone.env", "anything")
    assert list(tmp_path.iterdir()) == []


def test_switch_gets_the_type_that_its_contract_declares():
    engine = serving.engine_for({}, ("tencent-vod.fps-max=30", "huawei-mpc.types=numbers"))
    assert engine.settings.options == {"tencent-vod.fps-max": 30, "huawei-mpc.types": "numbers"}


@pytest.mark.parametrize("switch", ["tencent-vod.fps-max=31", "tencent-vod.fps=30", "tencent.fps-max=30", "fps-max"])
def test_unknown_switch_or_value_is_misuse(switch):
    with pytest.raises(Misuse):
        serving.engine_for({}, (switch,))

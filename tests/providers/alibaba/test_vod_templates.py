"""Templates: kept as sent, checked by type."""

import json

import pytest

from mockcloud.model import Misuse
from mockcloud.providers.alibaba.vod_templates import misfit

from .vod_case import SNAPSHOT_TEMPLATE, START, TEMPLATE, Vod, invalid, missing, no_resource

SPAN = {"Seek": "0", "Duration": "2"}
UNKNOWN = "0" * 32


def _config(**parts):
    whole = {
        "Video": {"Width": "128", "Height": "4096", "Fps": "23.976"},
        "Container": {"Format": "gif"},
        "Clip": {"TimeSpan": SPAN},
    }
    return json.dumps({name: value for name, value in {**whole, **parts}.items() if value is not None})


def _span(**span):
    return _config(Clip={"TimeSpan": span})


@pytest.fixture
def vod():
    return Vod()


def _add(vod, config, template_type="DynamicImage", name="动图"):
    return vod("AddVodTemplate", Name=name, TemplateType=template_type, TemplateConfig=config)["VodTemplateId"]


def test_template_comes_back_as_it_was_sent(vod):
    config = '{ "Container": {"Format":"webp"}, "Clip":{"TimeSpan":{"Seek":"1","End":"2"}}, "Extra": [1] }'
    key = _add(vod, config)

    assert vod("GetVodTemplate", VodTemplateId=key)["VodTemplateInfo"] == {
        "VodTemplateId": key,
        "Name": "动图",
        "TemplateType": "DynamicImage",
        "TemplateConfig": config,
        "IsDefault": "NotDefault",
        "Source": "Custom",
        "CreationTime": START,
        "ModifyTime": START,
    }


def test_list_holds_one_type_in_the_order_of_creation(vod):
    first, second = _add(vod, _config()), _add(vod, _config())
    listed = vod("ListVodTemplate", TemplateType="DynamicImage")["VodTemplateInfoList"]

    assert [item["VodTemplateId"] for item in listed][-2:] == [first, second]
    assert {item["TemplateType"] for item in listed} == {"DynamicImage"}
    assert {item["AppId"] for item in listed} == {"app-1000000"}
    others = vod("ListVodTemplate", TemplateType="Snapshot")["VodTemplateInfoList"]
    assert [item["VodTemplateId"] for item in others] == [SNAPSHOT_TEMPLATE]


def test_list_holds_one_application(vod):
    key = vod("AddVodTemplate", Name="n", TemplateType="DynamicImage", TemplateConfig=_config(), AppId="app-7")
    listed = vod("ListVodTemplate", TemplateType="DynamicImage", AppId="app-7")["VodTemplateInfoList"]
    assert [(item["VodTemplateId"], item["AppId"]) for item in listed] == [(key["VodTemplateId"], "app-7")]


def test_update_replaces_what_was_sent(vod):
    assert vod.seed("template", VodTemplateId=TEMPLATE)["CreationTime"] == START
    vod.advance(60)
    assert vod("UpdateVodTemplate", VodTemplateId=TEMPLATE, Name="new") == {"VodTemplateId": TEMPLATE}
    config = _config(Container={"Format": "webp"})
    vod("UpdateVodTemplate", VodTemplateId=TEMPLATE, TemplateConfig=config)

    told = vod("GetVodTemplate", VodTemplateId=TEMPLATE)["VodTemplateInfo"]
    assert (told["Name"], told["TemplateConfig"]) == ("new", config)
    assert told["ModifyTime"] == "2020-09-13T12:27:40Z"
    assert told["CreationTime"] == START


def test_deleted_template_is_gone(vod):
    assert vod("DeleteVodTemplate", VodTemplateId=TEMPLATE) == {"VodTemplateId": TEMPLATE}
    assert vod.refused("GetVodTemplate", VodTemplateId=TEMPLATE) == no_resource(TEMPLATE)


@pytest.mark.parametrize("action", ["GetVodTemplate", "UpdateVodTemplate", "DeleteVodTemplate"])
def test_unknown_template(vod, action):
    assert vod.refused(action, VodTemplateId=UNKNOWN) == no_resource(UNKNOWN)
    assert TEMPLATE in vod.last.detail


@pytest.mark.parametrize(
    "config",
    [
        _config(Video={"Width": "4096", "Height": 128, "Fps": 1}),
        _config(Video={"Fps": "60"}),
        _config(Video=None),
        _config(SetDefaultCover="true"),
        _span(Seek="0.000", Duration="86399.999"),
        _span(Seek="23:59:59.999", End="00:00:05.003"),
        _span(Seek=0, Duration=1.5),
        _span(Seek="1", Duration="1", End="1"),
    ],
)
def test_configuration_within_the_documented_ranges(vod, config):
    assert len(_add(vod, config)) == 32


@pytest.mark.parametrize(
    "config",
    [
        "{not json",
        "[]",
        '"x"',
        _config(Video={"Width": "127"}),
        _config(Video={"Width": "4097"}),
        _config(Video={"Height": "127"}),
        _config(Video={"Height": 4097}),
        _config(Video={"Width": "abc"}),
        _config(Video={"Fps": "0"}),
        _config(Video={"Fps": "-1"}),
        _config(Video={"Fps": "60.5"}),
        _config(Video={"Fps": 61}),
        _config(Container={"Format": "png"}),
        _config(Container={"Format": "GIF"}),
        _config(Container={}),
        _config(Container=None),
        _config(Clip=None),
        _config(Clip={}),
        _config(SetDefaultCover="yes"),
        _span(Duration="1"),
        _span(Seek="0"),
        _span(Seek="86400", Duration="1"),
        _span(Seek=86400, Duration="1"),
        _span(Seek="-1", Duration="1"),
        _span(Seek=-1, Duration="1"),
        _span(Seek="00:00:60", Duration="1"),
        _span(Seek="24:00:00", Duration="1"),
        _span(Seek="0", End="abc"),
    ],
)
def test_configuration_outside_of_them_names_the_parameter(vod, config):
    told = vod.refused("AddVodTemplate", Name="n", TemplateType="DynamicImage", TemplateConfig=config)
    assert told == invalid("TemplateConfig")


@pytest.mark.parametrize(
    "config",
    [
        {"SnapshotType": "NormalSnapshot"},
        {"SnapshotConfig": {"Count": 1}},
        {"SnapshotType": "Gif", "SnapshotConfig": {}},
        {"SnapshotType": "NormalSnapshot", "SnapshotConfig": []},
        {"SnapshotType": "NormalSnapshot", "SnapshotConfig": {"Width": 7}},
        {"SnapshotType": "NormalSnapshot", "SnapshotConfig": {"Height": "4097"}},
        {"SnapshotType": "NormalSnapshot", "SnapshotConfig": {"Interval": -1}},
        {"SnapshotType": "NormalSnapshot", "SnapshotConfig": {"FrameType": "key"}},
        {"SnapshotType": "SpriteSnapshot", "SnapshotConfig": {"SpriteSnapshotConfig": {"Columns": "0"}}},
        {"SnapshotType": "WebVttSnapshot", "SnapshotConfig": {"SubOut": {"IsSptFrag": "yes"}}},
    ],
)
def test_snapshot_configuration_outside_of_them(vod, config):
    told = vod.refused("AddVodTemplate", Name="n", TemplateType="Snapshot", TemplateConfig=json.dumps(config))
    assert told == invalid("TemplateConfig")


@pytest.mark.parametrize(
    ("name", "fits"), [("动" * 42 + "ab", True), ("动" * 43, False), ("x" * 128, True), ("x" * 129, False)]
)
@pytest.mark.parametrize("action", ["AddVodTemplate", "UpdateVodTemplate"])
def test_name_has_at_most_128_bytes(vod, action, name, fits):
    given = {"Name": name, "TemplateConfig": _config()}
    given |= {"VodTemplateId": TEMPLATE} if action.startswith("Update") else {"TemplateType": "DynamicImage"}
    if fits:
        assert "VodTemplateId" in vod(action, **given)
    else:
        told = (400, "LengthExceededMax", "The specified Name length has exceeded 128 bytes.")
        assert vod.refused(action, **given) == told


@pytest.mark.parametrize("name", ["Name", "TemplateType", "TemplateConfig"])
@pytest.mark.parametrize("value", [None, ""])
def test_required_parameters(vod, name, value):
    given = {"Name": "n", "TemplateType": "DynamicImage", "TemplateConfig": _config(), name: value}
    assert vod.refused("AddVodTemplate", **given) == missing(name)


@pytest.mark.parametrize("action", ["AddVodTemplate", "ListVodTemplate"])
def test_unknown_type(vod, action):
    given = {"TemplateType": "Gif"} | ({"Name": "n", "TemplateConfig": _config()} if action.startswith("Add") else {})
    assert vod.refused(action, **given) == invalid("TemplateType")


@pytest.mark.parametrize(
    ("key", "config"), [(TEMPLATE, '{"SnapshotType":"NormalSnapshot"}'), (SNAPSHOT_TEMPLATE, _config())]
)
def test_update_with_a_configuration_of_the_other_type(vod, key, config):
    told = vod.refused("UpdateVodTemplate", VodTemplateId=key, TemplateConfig=config)
    assert told == invalid("TemplateConfig")
    assert vod.last.reason == "alibaba-vod.UpdateVodTemplate.config-fits-type"


def test_seeded_template_gets_the_configuration_of_its_type(vod):
    assert "Clip" in json.loads(vod.seed("template")["TemplateConfig"])
    assert "SnapshotType" in json.loads(vod.seed("template", TemplateType="Snapshot")["TemplateConfig"])


def test_seeded_configuration_may_be_an_object(vod):
    key = vod.seed("template", TemplateConfig=json.loads(_config()))["VodTemplateId"]
    told = vod("GetVodTemplate", VodTemplateId=key)["VodTemplateInfo"]
    assert json.loads(told["TemplateConfig"]) == json.loads(_config())


@pytest.mark.parametrize("config", ["{", "[]", {"Container": {"Format": "gif"}}, {"Container": "gif"}])
def test_seeded_configuration_has_to_be_one(vod, config):
    with pytest.raises(Misuse, match="no DynamicImage template can have this configuration"):
        vod.seed("template", TemplateConfig=config)


def test_samples_are_what_could_have_been_added(vod):
    for template in vod.state.shelves["template"]:
        assert misfit(vod.state, template["TemplateType"], template["TemplateConfig"]) == ""


def test_seeding_again_keeps_the_rest(vod):
    vod.seed("template", VodTemplateId="t", Name="first", AppId="app-2")
    assert vod.seed("template", VodTemplateId="t", Name="second")["AppId"] == "app-2"

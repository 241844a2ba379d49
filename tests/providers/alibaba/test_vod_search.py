"""SearchMedia, and the protocol that Match is written in."""

import pytest

from mockcloud.providers.alibaba.vod_search import MatchError, parsed

from .vod_case import VIDEO, Vod, invalid

FILM = {
    "VideoId": "v1",
    "Title": "Music of the night",
    "Status": "Normal",
    "CateId": 7,
    "Size": 500,
    "Duration": 12.5,
    "CreationTime": "2018-01-15T00:00:00Z",
}
DEEP = "(" * 51 + "Title='a'" + ")" * 51
BY_PART = ("Title", "Tags", "Description")


@pytest.fixture
def vod():
    return Vod()


def _found(vod, **parameters):
    return [media["MediaId"] for media in vod("SearchMedia", **parameters)["MediaList"]]


@pytest.mark.parametrize(
    "text",
    [
        "VideoId='v1'",
        'VideoId = "v1"',
        "VideoId=v1",
        "Title='Music'",
        "Title in ('Opera','night')",
        "Status in ('Normal','Checking')",
        "CateId=7",
        "Size=(100,500]",
        "Size=[500,)",
        "Size=(,501)",
        "Duration=(12,13)",
        "CreationTime=('2018-01-01T00:00:00Z','2018-02-01T00:00:00Z')",
        "CreationTime=('2018-01-01T00:00:00Z',)",
        "Status='Normal' and Title='Music'",
        "(Status='Blocked' or Title='Music')",
        "Status='Normal' AND (CateId=1 OR CateId=7)",
        "CateId=1 and CateId=2 or CateId=7",
    ],
)
def test_conditions_that_hold(text):
    assert parsed(text, BY_PART)(FILM)


@pytest.mark.parametrize(
    "text",
    [
        "VideoId='v'",
        "Title='Opera'",
        "Status in ('Blocked','Checking')",
        "Size=(500,)",
        "Size=(,500)",
        "CreationTime=('2018-01-15T00:00:00Z','2018-02-01T00:00:00Z')",
        "Status='Normal' and Title='Opera'",
        "MediaSource in ('general')",
        "Height=(1,)",
    ],
)
def test_conditions_that_do_not_hold(text):
    assert not parsed(text, BY_PART)(FILM)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Status", "Status"),
        ("Status =", "Status"),
        ("Status in ('Normal'", "Status"),
        ("Status in 'Normal'", "Status"),
        ("Status in ()", "Status"),
        ("Size=(1,2", "Size"),
        ("Size=(1)", "Size"),
        ("Title='a' Status='b'", "Title"),
        ("Title='a' and", "Title"),
        ("(Title='a'", "Title"),
        ("= 'a'", "= 'a'"),
        ("Title='a", "Title='a"),
        pytest.param(DEEP, DEEP, id="deep"),
        pytest.param("(" * 100_000, "(" * 100_000, id="deeper"),
    ],
)
def test_text_that_is_no_match(text, field):
    with pytest.raises(MatchError) as caught:
        parsed(text, BY_PART)
    assert caught.value.args == (field,)


def test_found_videos_have_the_basic_members(vod):
    vod.seed("video", **FILM, CoverURL="http://x/c.jpg", Tags="opera")
    told = vod("SearchMedia", Match="VideoId='v1'")
    assert told["Total"] == 1
    assert len(told["ScrollToken"]) == 32
    assert told["MediaList"] == [
        {
            "MediaId": "v1",
            "MediaType": "video",
            "CreationTime": "2018-01-15T00:00:00Z",
            "Video": {
                "VideoId": "v1",
                "Title": "Music of the night",
                "CoverURL": "http://x/c.jpg",
                "CreationTime": "2018-01-15T00:00:00Z",
                "ModificationTime": "2020-09-13T12:26:40Z",
                "Status": "Normal",
            },
        }
    ]


def test_further_members_are_asked_for(vod):
    vod.seed("video", **FILM, Tags="opera")
    (media,) = vod("SearchMedia", Match="VideoId='v1'", Fields="Tags,Duration")["MediaList"]
    assert (media["Video"]["Tags"], media["Video"]["Duration"]) == ("opera", 12.5)
    assert "Size" not in media["Video"]


def test_order(vod):
    vod.seed("video", **FILM)
    assert _found(vod)[-1] == "v1"
    assert _found(vod, SortBy="CreationTime:Asc")[0] == "v1"
    assert _found(vod, SortBy="ModificationTime:Desc,CreationTime:Asc")[0] == "v1"


@pytest.mark.parametrize("kind", ["audio", "image", "attached"])
def test_other_media_are_not_there(vod, kind):
    assert vod("SearchMedia", SearchType=kind) == {"MediaList": [], "Total": 0}


def test_broken_match(vod):
    told = (400, "ErrorMatchSyntax", "The parameter Match.Title has an error syntax, please check it.")
    assert vod.refused("SearchMedia", Match="Title=('a'") == told
    assert vod.last.violations[0].value == "Title=('a'"


def test_scrolling_needs_a_token_that_a_search_gave(vod):
    token = vod("SearchMedia")["ScrollToken"]
    assert VIDEO in _found(vod, ScrollToken=token)
    told = (400, "InvalidScrollToken.Expired", "The ScrollToken is expired, please refresh it.")
    assert vod.refused("SearchMedia", ScrollToken="0" * 32) == told


def test_one_sort_field_while_scrolling(vod):
    token = vod("SearchMedia")["ScrollToken"]
    assert _found(vod, ScrollToken=token, SortBy="CreationTime:Asc")
    message = "The SortBy parameter only supports one sort field when traversing all data."
    two = "CreationTime:Asc,ModificationTime:Asc"
    assert vod.refused("SearchMedia", ScrollToken=token, SortBy=two) == (400, "SortByExceededMax", message)
    assert _found(vod, SortBy=two)


def test_first_five_thousand_without_a_token(vod):
    for number in range(5010):
        vod.seed("video", VideoId=f"v{number}")
    assert _found(vod, PageNo=51, PageSize=100) == []
    token = vod("SearchMedia")["ScrollToken"]
    assert len(_found(vod, PageNo=51, PageSize=100, ScrollToken=token)) == 12


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SearchType", "film"),
        ("PageSize", 101),
        ("PageSize", 0),
        ("PageNo", 0),
        ("SortBy", "Title:Asc"),
        ("SortBy", ",".join(["CreationTime:Asc"] * 4)),
    ],
)
def test_searches_that_cannot_be(vod, name, value):
    assert vod.refused("SearchMedia", **{name: value}) == invalid(name)

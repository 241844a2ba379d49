"""Buckets and objects that were put in place, and what tasks make of them."""

from __future__ import annotations

import pytest

from mockcloud.model import Misuse

from .raw import GIF, SNAPSHOTS, Desk

CALLS = [("CreateAnimatedGraphicsTask", GIF), ("CreateThumbnailsTask", SNAPSHOTS)]
PATH_REFUSED = (400, ("MPC.10209", "Invalid input or output OBS path."))


def answered(desk, operation, parameters, **changes):
    found = desk(operation, {**parameters, **changes})
    return found.reply.status, found.error


@pytest.mark.parametrize(("operation", "parameters"), CALLS)
@pytest.mark.parametrize("member", ["input", "output"])
def test_bucket_that_is_not_authorised(operation, parameters, member):
    desk = Desk()
    desk.seed("object", bucket="closed", authorized=False)

    found = answered(desk, operation, parameters, **{member: {**parameters[member], "bucket": "closed"}})

    assert found == PATH_REFUSED
    assert list(desk.engine.journal)[-1].violations[0].path == f"/{member}/bucket"


@pytest.mark.parametrize(("operation", "parameters"), CALLS)
@pytest.mark.parametrize("member", ["input", "output"])
def test_bucket_of_another_region(operation, parameters, member):
    desk = Desk()
    desk.seed("object", bucket="far", location="cn-east-3")

    found = answered(desk, operation, parameters, **{member: {**parameters[member], "bucket": "far"}})

    assert found == PATH_REFUSED
    assert "it has to be cn-east-3" in list(desk.engine.journal)[-1].detail


def test_bucket_of_the_right_region():
    desk = Desk()
    desk.seed("object", bucket="obs-apitest-01", location="cn-north-5")

    assert answered(desk, "CreateAnimatedGraphicsTask", GIF)[0] == 200


def test_region_counts_when_the_option_is_on():
    desk = Desk(options={"huawei-mpc.region-check": "on"}, region="cn-north-1")
    near = {**GIF, "input": {**GIF["input"], "location": "cn-north-1"}}

    assert answered(desk, "CreateAnimatedGraphicsTask", GIF) == PATH_REFUSED
    assert answered(desk, "CreateAnimatedGraphicsTask", near) == PATH_REFUSED
    both = {**near, "output": {**GIF["output"], "location": "cn-north-1"}}
    assert answered(desk, "CreateAnimatedGraphicsTask", both)[0] == 200


def test_other_objects_of_a_bucket_are_there():
    desk = Desk("immediate")
    desk.seed("object", bucket="obs-apitest-01", object="gone.mp4", exists=False)

    assert desk.show(desk.create())["status"] == "SUCCEED"
    assert desk.show(desk.create(input={**GIF["input"], "object": "gone.mp4"}))["status"] == "FAILED"


def test_object_without_a_bucket_is_a_mistake():
    with pytest.raises(Misuse, match="an object needs its bucket"):
        Desk().seed("object", object="a.mp4")

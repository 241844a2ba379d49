"""Face groups, persons and images."""

from __future__ import annotations

import pytest

from .test_multimediaai import Desk


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def peopled(desk):
    """Group 1 holds person 1 with images 1 and 2, and person 2 without any; group 2 is empty."""
    desk.body("CreateFaceGroup", FaceGroupName="actors", Description="of the film")
    desk.body("CreateFaceGroup", FaceGroupName="extras")
    desk.body("CreateFacePerson", FaceGroupId=1, FacePersonName="Ada", ImageUrls="http://a/1.jpg,http://a/2.jpg")
    desk.body("CreateFacePerson", FaceGroupId=1, FacePersonName="Bob")
    return desk


def test_groups_say_what_they_hold(peopled):
    assert peopled.body("ListFaceGroups")["FaceGroups"] == [
        {
            "FaceGroupId": 1,
            "FaceGroupName": "actors",
            "Description": "of the film",
            "PersonCount": 2,
            "ImageCount": 2,
            "Templates": [],
        },
        {"FaceGroupId": 2, "FaceGroupName": "extras", "PersonCount": 0, "ImageCount": 0, "Templates": []},
    ]


def test_persons_are_listed_with_their_first_image(peopled):
    assert peopled.body("ListFacePersons", FaceGroupId=1)["FacePersons"] == [
        {"FacePersonId": 1, "FacePersonName": "Ada", "ImageUrl": "http://a/1.jpg", "ImageCount": 2},
        {"FacePersonId": 2, "FacePersonName": "Bob", "ImageCount": 0},
    ]


def test_persons_are_found_by_name(peopled):
    found = peopled.body("ListFacePersons", FaceGroupId=1, FacePersonName="Bob")
    assert [person["FacePersonId"] for person in found["FacePersons"]] == [2]


def test_an_image_is_added_and_taken_away(peopled):
    added = peopled.body("RegisterFaceImage", FaceGroupId=1, FacePersonId=2, ImageUrl="http://b/1.jpg")
    assert added == {"FaceImages": [{"FaceImageId": 3}]}
    images = peopled.body("ListFaceImages", FaceGroupId=1, FacePersonId=2)["FaceImages"]
    assert images == [{"FaceImageId": 3, "ImageUrl": "http://b/1.jpg", "FaceRectangle": [0.0, 0.0, 100.0, 100.0]}]
    peopled.body("DeleteFaceImage", FaceGroupId=1, FacePersonId=2, FaceImageId=3)
    assert peopled.body("ListFaceImages", FaceGroupId=1, FacePersonId=2)["TotalCount"] == 0


def test_a_person_goes_with_its_images(peopled):
    assert peopled.body("DeleteFacePerson", FaceGroupId=1, FacePersonId=1) == {}
    group = peopled.body("ListFaceGroups")["FaceGroups"][0]
    assert (group["PersonCount"], group["ImageCount"]) == (1, 0)


def test_a_group_goes_with_its_persons(peopled):
    assert peopled.body("DeleteFaceGroup", FaceGroupId=1) == {}
    assert [group["FaceGroupId"] for group in peopled.body("ListFaceGroups")["FaceGroups"]] == [2]
    assert peopled.ask("ListFacePersons", FaceGroupId=1).error[0] == "ResourceNotFound"


@pytest.mark.parametrize(
    ("operation", "parameters", "name"),
    [
        ("DeleteFaceGroup", {"FaceGroupId": 9}, "FaceGroupId"),
        ("CreateFacePerson", {"FaceGroupId": 9, "FacePersonName": "x"}, "FaceGroupId"),
        ("ListFacePersons", {"FaceGroupId": 9}, "FaceGroupId"),
        ("DeleteFacePerson", {"FaceGroupId": 1, "FacePersonId": 9}, "FacePersonId"),
        ("DeleteFacePerson", {"FaceGroupId": 2, "FacePersonId": 1}, "FacePersonId"),
        ("RegisterFaceImage", {"FaceGroupId": 1, "FacePersonId": 9, "ImageUrl": "x"}, "FacePersonId"),
        ("ListFaceImages", {"FaceGroupId": 1, "FacePersonId": 9}, "FacePersonId"),
        ("DeleteFaceImage", {"FaceGroupId": 1, "FacePersonId": 1, "FaceImageId": 9}, "FaceImageId"),
    ],
)
def test_what_is_not_there(peopled, operation, parameters, name):
    answered = peopled.ask(operation, **parameters)
    assert answered.reply.status == 404
    assert answered.error == (
        "ResourceNotFound",
        f"The requested resource does not exist. Please check the parameter {name}.",
    )


@pytest.mark.parametrize(
    ("operation", "parameters", "name"),
    [
        ("CreateFaceGroup", {}, "FaceGroupName"),
        ("CreateFacePerson", {"FaceGroupId": 1}, "FacePersonName"),
        ("RegisterFaceImage", {"FaceGroupId": 1, "FacePersonId": 1, "ImageUrl": ""}, "ImageUrl"),
        ("DeleteFaceImage", {"FaceGroupId": 1, "FacePersonId": 1}, "FaceImageId"),
    ],
)
def test_what_is_missing(peopled, operation, parameters, name):
    answered = peopled.ask(operation, **parameters)
    assert answered.error == ("MissingParameter", f"You must specify the parameter {name}.")


def test_accounts_do_not_share_groups(peopled):
    other = peopled.engine.world.account("mockcloud-other").service(peopled.state.service)
    assert other.memory == {}

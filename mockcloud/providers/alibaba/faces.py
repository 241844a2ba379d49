"""MultimediaAI's face groups, the persons in them and their images: shapes as the SDK models have them.

Groups live in `state.memory["groups"]`: {id: {"name", "text", "persons": {id: {"name", "images": {id: url}}}}}.
Source: TM; what deleting, splitting and counting mean is ours (see `behaviours` in the contract).
"""

from __future__ import annotations

from typing import Any

from mockcloud.model import Call, Refusal
from mockcloud.state import ServiceState

from .paging import page

Json = dict[str, Any]

# Nothing is recognised here; every image has the same rectangle (left, top, width, height).
RECTANGLE = [0.0, 0.0, 100.0, 100.0]


def create_face_group(call: Call, state: ServiceState) -> Json:
    """A new, empty group."""
    number = state.ids.count("face-group")
    given = call.parameters
    _groups(state)[number] = {"name": given["FaceGroupName"], "text": given.get("Description"), "persons": {}}
    return {"FaceGroupId": number}


def delete_face_group(call: Call, state: ServiceState) -> Json:
    """Take a group away with all that it holds."""
    _group(call, state)
    del _groups(state)[call.parameters["FaceGroupId"]]
    return {}


def list_face_groups(call: Call, state: ServiceState) -> Json:
    """A page of groups with what they hold in numbers."""
    found = []
    for number, group in _groups(state).items():
        persons = group["persons"].values()
        described = {} if group["text"] is None else {"Description": group["text"]}
        found.append(
            {
                "FaceGroupId": number,
                "FaceGroupName": group["name"],
                **described,
                "PersonCount": len(persons),
                "ImageCount": sum(len(person["images"]) for person in persons),
                "Templates": [],
            }
        )
    return page(call, state, "FaceGroups", found)


def create_face_person(call: Call, state: ServiceState) -> Json:
    """A new person in a group, with the images of ImageUrls."""
    group, number = _group(call, state), state.ids.count("face-person")
    urls = [url for url in call.parameters.get("ImageUrls", "").split(",") if url]
    images = {state.ids.count("face-image"): url for url in urls}
    group["persons"][number] = {"name": call.parameters["FacePersonName"], "images": images}
    return {"FacePersonId": number}


def delete_face_person(call: Call, state: ServiceState) -> Json:
    """Take a person away with all its images."""
    group = _group(call, state)
    _person(call, state)
    del group["persons"][call.parameters["FacePersonId"]]
    return {}


def list_face_persons(call: Call, state: ServiceState) -> Json:
    """A page of a group's persons, of one name where one is given."""
    wanted = call.parameters.get("FacePersonName")
    found = []
    for number, person in _group(call, state)["persons"].items():
        if wanted is not None and person["name"] != wanted:
            continue
        first = next(iter(person["images"].values()), None)
        shown = {} if first is None else {"ImageUrl": first}
        count = len(person["images"])
        found.append({"FacePersonId": number, "FacePersonName": person["name"], **shown, "ImageCount": count})
    return page(call, state, "FacePersons", found)


def register_face_image(call: Call, state: ServiceState) -> Json:
    """Add an image to a person."""
    person, number = _person(call, state), state.ids.count("face-image")
    person["images"][number] = call.parameters["ImageUrl"]
    return {"FaceImages": [{"FaceImageId": number}]}


def delete_face_image(call: Call, state: ServiceState) -> Json:
    """Take an image away."""
    images, number = _person(call, state)["images"], call.parameters["FaceImageId"]
    if number not in images:
        raise _absent(call, state, "face-image-exists", "FaceImageId", images)
    del images[number]
    return {}


def list_face_images(call: Call, state: ServiceState) -> Json:
    """A page of a person's images."""
    images = _person(call, state)["images"].items()
    found = [{"FaceImageId": number, "ImageUrl": url, "FaceRectangle": list(RECTANGLE)} for number, url in images]
    return page(call, state, "FaceImages", found)


def _groups(state: ServiceState) -> dict[int, Json]:
    groups: dict[int, Json] = state.memory.setdefault("groups", {})
    return groups


def _group(call: Call, state: ServiceState) -> Json:
    groups = _groups(state)
    found = groups.get(call.parameters["FaceGroupId"])
    if found is None:
        raise _absent(call, state, "face-group-exists", "FaceGroupId", groups)
    return found


def _person(call: Call, state: ServiceState) -> Json:
    persons: dict[int, Json] = _group(call, state)["persons"]
    found = persons.get(call.parameters["FacePersonId"])
    if found is None:
        raise _absent(call, state, "face-person-exists", "FacePersonId", persons)
    return found


def _absent(call: Call, state: ServiceState, rule: str, name: str, there: dict[int, Any]) -> Refusal:
    known, value = ", ".join(map(str, list(there)[:5])) or "none", call.parameters[name]
    return state.breaks(call.operation, rule, f"/{name}", value, f"{name} {value} is unknown; there are {known}")


BEHAVIOURS = {
    "create_face_group": create_face_group,
    "delete_face_group": delete_face_group,
    "list_face_groups": list_face_groups,
    "create_face_person": create_face_person,
    "delete_face_person": delete_face_person,
    "list_face_persons": list_face_persons,
    "register_face_image": register_face_image,
    "delete_face_image": delete_face_image,
    "list_face_images": list_face_images,
}

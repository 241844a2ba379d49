"""VOD's animated images: submitted, listed once their job has succeeded, deleted. Nothing is rendered.

Source: seed 001; VD zh 服务端API/媒资管理/动图管理; VD zh 开发指南/媒体处理/视频动图.
"""

from __future__ import annotations

import hashlib
from typing import Any

from mockcloud.model import Call
from mockcloud.state import ServiceState
from mockcloud.tasks import Status, Task

from .vod_events import notify
from .vod_jobs import begin, failure_of, jobs_of, nothing_left
from .vod_templates import template_of
from .vod_values import in_digits, listed, number, object_in, seconds_in, utc
from .vod_videos import refuse_status, video_of

Json = dict[str, Any]

CREATES = "SubmitDynamicImageJob"
_OVERRIDABLE = ("Video", "Container", "Clip", "SetDefaultCover")
_EVENT_MEMBERS = ("JobId", "Status", "FileURL", "FileSize", "Fps", "Height", "Width")


def submit_dynamic_image_job(call: Call, state: ServiceState) -> Json:
    """Begin a job. Refusal: no such video, no such template, or the video's state does not permit it."""
    video = video_of(call, state)
    template = template_of(call, state, "DynamicImageTemplateId", "DynamicImage")
    refuse_status(call, state, video, "states-for-images")
    overrides = object_in(call.parameters.get("OverrideParams", ""))
    config = laid_over(
        object_in(template["TemplateConfig"]),
        {name: value for name, value in overrides.items() if name in _OVERRIDABLE},
    )
    image, length = _image(config, video, state)
    failure = None if length > 0 else nothing_left(state, "Clip")
    data = {"image": image, "is_cover": config.get("SetDefaultCover") == "true"}
    return {"DynamicImageJob": {"JobId": begin(call, state, video, data, failure)}}


def laid_over(below: Json, above: Json) -> Json:
    """Both objects in one: members of `above` win, objects in it go member by member."""
    merged = dict(below)
    for name, value in above.items():
        old = merged.get(name)
        merged[name] = laid_over(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def _image(config: Json, video: Json, state: ServiceState) -> tuple[Json, float]:
    """The image that a configuration makes of a video, all text as documented, and its length in seconds."""
    length = clip_length(config.get("Clip", {}).get("TimeSpan", {}), video["Duration"])
    width, height = frame_size(config.get("Video", {}), video)
    fps = number(config.get("Video", {}).get("Fps")) or video["Fps"]
    image_id, suffix = state.ids.hex(), config.get("Container", {}).get("Format", "gif")
    image = {
        "VideoId": video["VideoId"],
        "DynamicImageId": image_id,
        "FileURL": f"https://{video['StorageLocation']}/{video['VideoId']}/image/dynamic/{image_id}.{suffix}",
        "FileSize": str(max(1, round(width * height * fps * length / 50))),
        "Format": suffix,
        "Width": str(width),
        "Height": str(height),
        "Fps": in_digits(fps),
        "Duration": in_digits(length),
    }
    return image, length


def clip_length(span: Json, duration: float) -> float:
    """Seconds between Seek and what is left when Duration or End is applied; End counts when both are given."""
    rest = duration - seconds_in(span.get("Seek", 0))
    if "End" in span:
        return max(0.0, rest - seconds_in(span["End"]))
    return max(0.0, min(rest, seconds_in(span.get("Duration", rest))))


def frame_size(wanted: Json, video: Json) -> tuple[int, int]:
    """Width and height in pixels: as wanted, the missing one by the video's ratio, without both the video's own."""
    width, height = number(wanted.get("Width")), number(wanted.get("Height"))
    if width is None and height is None:
        return video["Width"], video["Height"]
    if width is None:
        width = max(1, round((height or 0) * video["Width"] / video["Height"]))
    elif height is None:
        height = max(1, round(width * video["Height"] / video["Width"]))
    return int(width), int(height or 0)


def list_dynamic_image(call: Call, state: ServiceState) -> Json:
    """The images of a video whose jobs have succeeded and that were not deleted, oldest job first."""
    video = video_of(call, state)
    found = []
    for task in jobs_of(video, CREATES, state):
        status = state.read(task)
        if _is_there(task, status):
            found.append(_shown(task, status, state))
    return {"DynamicImageList": found}


def _is_there(task: Task, status: Status) -> bool:
    return status.phase == "succeeded" and not task.data.get("is_deleted", False)


def _shown(task: Task, status: Status, state: ServiceState) -> Json:
    image: Json = task.data["image"]
    made = {"JobId": task.id, "CreationTime": utc(status.ended or task.created)}
    return {**image, **made, "FileURL": _signed(image["FileURL"], state)}


def _signed(url: str, state: ServiceState) -> str:
    """The address with an auth_key of the documented form; the key behind its MD5 is made up."""
    expires = int(state.now() + state.service.limit("url-lifetime"))
    path = "/" + url.split("/", 3)[3]
    digest = hashlib.md5(f"{path}-{expires}-0-0-{state.account.name}".encode()).hexdigest()
    return f"{url}?auth_key={expires}-0-0-{digest}"


def delete_dynamic_image(call: Call, state: ServiceState) -> Json:
    """Forget images by id, or all of a video. Refusal: all are meant and they are too many."""
    video, now = video_of(call, state), state.now()
    there = [task for task in jobs_of(video, CREATES, state) if _is_there(task, task.status(now))]
    wanted = listed(call, "DynamicImageIds")
    if not wanted and len(there) > state.service.limit("images-deleted-at-once"):
        detail = f"the video has {len(there)} animated images; name those to delete in DynamicImageIds"
        raise state.breaks(call.operation, "ten-at-once", "/DynamicImageIds", None, detail)
    for task in there:
        if not wanted or task.data["image"]["DynamicImageId"] in wanted:
            task.data["is_deleted"] = True
    return {}


def image_stepped(task: Task, status: Status, at: float, state: ServiceState) -> None:
    """When a job ends: the cover changes if that was asked for, and the event is sent."""
    video = state.shelves["video"].get(task.data["VideoId"])
    event = {
        "Status": status.word,
        "VideoId": task.data["VideoId"],
        "EventType": "DynamicImageComplete",
        "EventTime": utc(at),
    }
    if status.phase == "succeeded":
        image = {**task.data["image"], "JobId": task.id, "Status": status.word}
        if video is not None and task.data["is_cover"]:
            video["CoverURL"] = image["FileURL"]
        event["DynamicImageJobInfo"] = {name: image[name] for name in _EVENT_MEMBERS}
    else:
        event.update(failure_of(task, state))
    notify({**event, "JobId": task.id}, task, video, state)


BEHAVIOURS = {
    "submit_dynamic_image_job": submit_dynamic_image_job,
    "list_dynamic_image": list_dynamic_image,
    "delete_dynamic_image": delete_dynamic_image,
}

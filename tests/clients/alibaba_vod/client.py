"""A client of VOD's animated images and their templates, written from its documents: blocking, with requests.

Refuses what the documents forbid before anything is sent. SubmitDynamicImageJob has no key against doubles and no
operation queries a job, so that a submission whose answer is lost is not repeated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .acs3 import AccessKey, Acs3, ApiError, BadAnswer, Json, NoAnswer, VodError
from .limits import (
    IMAGES_AT_ONCE,
    VIDEOS_AT_ONCE,
    Configs,
    InvalidRequest,
    ids,
    json_text,
    mandatory,
    template_name,
    template_type,
)

__all__ = [
    "ApiError",
    "BadAnswer",
    "DynamicImage",
    "InvalidRequest",
    "NoAnswer",
    "Template",
    "Video",
    "VodClient",
    "VodError",
]

VERSION = "2017-03-21"
NO_VIDEO = "InvalidVideo.NotFound"


@dataclass(frozen=True, slots=True)
class DynamicImage:
    """An animated image of a video; what the service does not tell is None. Sizes in px and bytes, duration in s."""

    image_id: str | None
    job_id: str | None
    url: str | None
    format: str | None
    width: int | None
    height: int | None
    fps: float | None
    duration: float | None
    file_size: int | None
    created: str | None


@dataclass(frozen=True, slots=True)
class Template:
    """A template. config: the JSON text as it was given."""

    template_id: str
    name: str | None
    kind: str | None
    config: str | None
    is_default: bool
    created: str | None
    modified: str | None


@dataclass(frozen=True, slots=True)
class Video:
    """A video. status: one of the documented words or a later one; duration in s, size in bytes."""

    video_id: str
    status: str | None
    title: str | None
    duration: float | None
    size: int | None


class VodClient:
    """Animated images of videos. One instance is for one thread."""

    protocol = Acs3
    configs = Configs()

    def __init__(self, url: str, access_key_id: str, access_key_secret: str, *, timeout_s: float = 10.0) -> None:
        self.acs = self.protocol(url, AccessKey(access_key_id, access_key_secret), VERSION, timeout_s)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.acs!r})"

    # Jobs and images.

    def submit(self, video_id: str, template_id: str, overrides: Mapping[str, Any] | str | None = None) -> str:
        """Submit a job and give its id. overrides: a JSON object, or its text."""
        parameters = {
            "VideoId": mandatory("VideoId", video_id),
            "DynamicImageTemplateId": mandatory("DynamicImageTemplateId", template_id),
        }
        if overrides is not None:
            parameters["OverrideParams"], found = json_text("OverrideParams", overrides)
            self.configs.check_overrides(found)
        answer = self.acs.change("SubmitDynamicImageJob", parameters)
        return needed("DynamicImageJob.JobId", an_object(answer.get("DynamicImageJob")).get("JobId"))

    def images(self, video_id: str) -> list[DynamicImage]:
        """The animated images of a video: those whose jobs have succeeded."""
        answer = self.acs.read("ListDynamicImage", {"VideoId": mandatory("VideoId", video_id)})
        return [self.image_of(members) for members in objects("DynamicImageList", answer)]

    def image_of(self, members: Json) -> DynamicImage:
        """An image from its members, which are all text."""
        return DynamicImage(
            image_id=text(members.get("DynamicImageId")),
            job_id=text(members.get("JobId")),
            url=text(members.get("FileURL")),
            format=text(members.get("Format")),
            width=whole(members.get("Width")),
            height=whole(members.get("Height")),
            fps=number(members.get("Fps")),
            duration=number(members.get("Duration")),
            file_size=whole(members.get("FileSize")),
            created=text(members.get("CreationTime")),
        )

    def delete_images(self, video_id: str, image_ids: Sequence[str] | None = None) -> None:
        """Delete images of a video, ten at most; all of them when no ids are given."""
        parameters = {"VideoId": mandatory("VideoId", video_id)}
        if image_ids is not None:
            parameters["DynamicImageIds"] = ",".join(ids("DynamicImageIds", image_ids, IMAGES_AT_ONCE))
        self.acs.change("DeleteDynamicImage", parameters)

    # Templates.

    def add_template(self, name: str, kind: str, config: Mapping[str, Any] | str, app_id: str | None = None) -> str:
        """Add a template and give its id. kind: "DynamicImage" or "Snapshot"; config: a JSON object, or its text."""
        text_of_config, found = json_text("TemplateConfig", config if config is not None else "")
        self.configs.check(template_type(kind), found)
        parameters = {
            "Name": self.name(mandatory("Name", name)),
            "TemplateType": kind,
            "TemplateConfig": text_of_config,
        }
        if app_id is not None:
            parameters["AppId"] = app_id
        return needed("VodTemplateId", self.acs.change("AddVodTemplate", parameters).get("VodTemplateId"))

    def update_template(
        self, template_id: str, name: str | None = None, config: Mapping[str, Any] | str | None = None
    ) -> None:
        """Give a template another name, another configuration, or both."""
        parameters = {"VodTemplateId": mandatory("VodTemplateId", template_id)}
        if name is not None:
            parameters["Name"] = self.name(name)
        if config is not None:
            parameters["TemplateConfig"], found = json_text("TemplateConfig", config)
            self.configs.check_known(found)
        self.acs.change("UpdateVodTemplate", parameters)

    def name(self, value: str) -> str:
        """The name of a template."""
        return template_name(value)

    def template(self, template_id: str) -> Template:
        """One template."""
        answer = self.acs.read("GetVodTemplate", {"VodTemplateId": mandatory("VodTemplateId", template_id)})
        return self.template_of(an_object(answer.get("VodTemplateInfo")))

    def templates(self, kind: str, app_id: str | None = None) -> list[Template]:
        """The templates of a kind."""
        parameters = {"TemplateType": template_type(kind)}
        if app_id is not None:
            parameters["AppId"] = app_id
        answer = self.acs.read("ListVodTemplate", parameters)
        return [self.template_of(members) for members in objects("VodTemplateInfoList", answer)]

    def template_of(self, members: Json) -> Template:
        """A template from its members."""
        return Template(
            template_id=needed("VodTemplateId", members.get("VodTemplateId")),
            name=text(members.get("Name")),
            kind=text(members.get("TemplateType")),
            config=text(members.get("TemplateConfig")),
            is_default=members.get("IsDefault") == "Default",
            created=text(members.get("CreationTime")),
            modified=text(members.get("ModifyTime")),
        )

    def delete_template(self, template_id: str) -> None:
        """Delete a template."""
        self.acs.change("DeleteVodTemplate", {"VodTemplateId": mandatory("VodTemplateId", template_id)})

    # Videos.

    def videos(self, video_ids: Sequence[str]) -> dict[str, Video]:
        """Videos by id, twenty in each request; those that do not exist are not in it.

        ApiError InvalidVideo.NotFound: none of them exists.
        """
        wanted = ids("VideoIds", video_ids, len(video_ids))
        found: dict[str, Video] = {}
        refused: list[ApiError] = []
        for some in self.batches(wanted):
            try:
                answer = self.acs.read("GetVideoInfos", {"VideoIds": ",".join(some)})
            except ApiError as problem:
                if problem.code != NO_VIDEO:
                    raise
                refused.append(problem)
                continue
            for members in objects("VideoList", answer):
                video = self.video_of(members)
                found[video.video_id] = video
        if refused and not found:
            raise refused[0]
        return found

    def batches(self, wanted: list[str]) -> Iterator[list[str]]:
        """The ids, as many at a time as a request may hold."""
        for start in range(0, len(wanted), VIDEOS_AT_ONCE):
            yield wanted[start : start + VIDEOS_AT_ONCE]

    def video_of(self, members: Json) -> Video:
        """A video from its members; the documents' examples print its numbers as text."""
        return Video(
            video_id=needed("VideoId", members.get("VideoId")),
            status=text(members.get("Status")),
            title=text(members.get("Title")),
            duration=number(members.get("Duration")),
            size=whole(members.get("Size")),
        )


def needed(name: str, value: Any) -> str:
    """A member without which an answer is none."""
    found = text(value)
    if not found:
        raise BadAnswer(f"{name} is missing")
    return found


def text(value: Any) -> str | None:
    """A member as text; numbers come where text is documented, and null where nothing is."""
    return str(value) if isinstance(value, str | int | float) else None


def number(value: Any) -> float | None:
    """A member as a number, where it is one."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def whole(value: Any) -> int | None:
    """A member as a whole number, exactly, where it is one."""
    try:
        return int(str(value))
    except ValueError:
        return None


def an_object(value: Any) -> Json:
    """A member that is an object. BadAnswer when it is none."""
    if not isinstance(value, dict):
        raise BadAnswer(f"an object was expected, not {type(value).__name__}")
    return value


def objects(name: str, answer: Json) -> list[Json]:
    """A list of objects in an answer; null is an empty one. BadAnswer when there is none."""
    if name not in answer:
        raise BadAnswer(f"{name} is missing")
    value = answer[name]
    if value is not None and not isinstance(value, list):
        raise BadAnswer(f"{name} is no list")
    return [an_object(item) for item in value or ()]

"""What VOD's answers tell, read with tolerance: unknown members are passed over, missing ones stay empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import BadAnswer

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """The HTTP status, and the members of Response."""

    http_status: int
    members: Json


@dataclass(frozen=True, slots=True)
class StoredTemplate:
    """A template as the service tells of it. Times: ISO 8601; what was not told is None."""

    definition: int
    kind: str | None = None
    name: str | None = None
    comment: str | None = None
    fps: int | None = None
    width: int | None = None
    height: int | None = None
    resolution_adaptive: str | None = None
    format: str | None = None
    quality: float | None = None
    create_time: str | None = None
    update_time: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of templates; total: how many fit, on this page and others."""

    total: int
    templates: list[StoredTemplate]


@dataclass(frozen=True, slots=True)
class Image:
    """An animated image of a task. status: PROCESSING, SUCCESS, FAIL, or one that nobody knows yet."""

    definition: int | None
    status: str
    error_code: str | None = None
    message: str | None = None
    url: str | None = None
    md5: str | None = None
    size: int | None = None
    width: int | None = None
    height: int | None = None
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """A task with its images. FINISH as status says that it has ended, not how."""

    task_id: str
    status: str
    kind: str | None = None
    file_id: str | None = None
    session_id: str | None = None
    session_context: str | None = None
    create_time: str | None = None
    finish_time: str | None = None
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A task as a list tells of it."""

    task_id: str
    status: str
    kind: str | None = None
    file_id: str | None = None
    session_id: str | None = None
    session_context: str | None = None
    create_time: str | None = None
    finish_time: str | None = None


def stored_template(told: Mapping[str, Any]) -> StoredTemplate:
    """One element of AnimatedGraphicsTemplateSet."""
    definition = number(told.get("Definition"))
    if definition is None:
        raise BadAnswer("a template without Definition")
    return StoredTemplate(
        definition=definition,
        kind=label(told.get("Type")),
        name=label(told.get("Name")),
        comment=label(told.get("Comment")),
        fps=number(told.get("Fps")),
        width=number(told.get("Width")),
        height=number(told.get("Height")),
        resolution_adaptive=label(told.get("ResolutionAdaptive")),
        format=label(told.get("Format")),
        quality=real(told.get("Quality")),
        create_time=label(told.get("CreateTime")),
        update_time=label(told.get("UpdateTime")),
    )


def task(told: Mapping[str, Any], asked: str) -> Task:
    """An answer of DescribeTaskDetail. Its own id it tells only within ProcedureTask; asked: the id asked for."""
    if not ({"Status", "TaskType", "ProcedureTask"} & told.keys()):
        raise BadAnswer("no task in the answer")
    flow = section(told.get("ProcedureTask"))
    return Task(
        task_id=label(flow.get("TaskId")) or asked,
        status=label(told.get("Status")) or label(flow.get("Status")) or "",
        kind=label(told.get("TaskType")),
        file_id=label(flow.get("FileId")),
        session_id=label(flow.get("SessionId")),
        session_context=label(flow.get("SessionContext")),
        create_time=label(told.get("CreateTime")),
        finish_time=label(told.get("FinishTime")),
        images=tuple(
            image(section(one.get("AnimatedGraphicTask")))
            for one in objects(flow, "MediaProcessResultSet", may_be_missing=True)
            if one.get("AnimatedGraphicTask") is not None or one.get("Type") == "AnimatedGraphics"
        ),
    )


def image(told: Mapping[str, Any]) -> Image:
    """An AnimatedGraphicTask. ErrCode is retired in favour of ErrCodeExt, which older answers lack."""
    output = section(told.get("Output"))
    return Image(
        definition=number(section(told.get("Input")).get("Definition")),
        status=label(told.get("Status")) or "",
        error_code=label(told.get("ErrCodeExt")) or label(told.get("ErrCode")),
        message=label(told.get("Message")),
        url=label(output.get("Url")),
        md5=label(output.get("Md5")),
        size=number(output.get("Size")),
        width=number(output.get("Width")),
        height=number(output.get("Height")),
        start_s=real(output.get("StartTimeOffset")),
        end_s=real(output.get("EndTimeOffset")),
    )


def entry(told: Mapping[str, Any]) -> Entry:
    """One element of TaskSet."""
    task_id = label(told.get("TaskId"))
    if not task_id:
        raise BadAnswer("a task without TaskId")
    return Entry(
        task_id=task_id,
        status=label(told.get("Status")) or "",
        kind=label(told.get("TaskType")),
        file_id=label(told.get("FileId")),
        session_id=label(told.get("SessionId")),
        session_context=label(told.get("SessionContext")),
        create_time=label(told.get("CreateTime")),
        finish_time=label(told.get("FinishTime")),
    )


def objects(told: Mapping[str, Any], name: str, may_be_missing: bool) -> list[Json]:
    """A list of objects; null and absence are the same, and allowed where something else says that there is none."""
    found = told.get(name)
    if found is None and may_be_missing:
        return []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadAnswer(f"no {name} in the answer")
    return found


def section(value: Any) -> Mapping[str, Any]:
    """A nested object, an empty one where there is none."""
    return value if isinstance(value, dict) else {}


def label(value: Any) -> str | None:
    """A text, also where an integer stands for it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else None


def number(value: Any) -> int | None:
    """An integer, also where text stands for it, never by way of a float."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20 else None


def real(value: Any) -> float | None:
    """A number, also where text stands for it."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    try:
        return float(value) if isinstance(value, str) else None
    except ValueError:
        return None

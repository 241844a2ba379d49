"""ApsaraVideo VOD: one table of behaviours, what happens when a job ends, and how seeded resources are completed.

Images, snapshots, templates, videos, search and events have a module each, `vod_*`.
"""

from __future__ import annotations

from mockcloud.state import ServiceState
from mockcloud.tasks import Status, Task

from . import vod_events, vod_images, vod_search, vod_snapshots, vod_templates, vod_videos

BEHAVIOURS = {
    **vod_images.BEHAVIOURS,
    **vod_snapshots.BEHAVIOURS,
    **vod_templates.BEHAVIOURS,
    **vod_videos.BEHAVIOURS,
    **vod_search.BEHAVIOURS,
    **vod_events.BEHAVIOURS,
}

STOCK = {"video": vod_videos.stock_video, "template": vod_templates.stock_template}

_ENDS = {vod_images.CREATES: vod_images.image_stepped, vod_snapshots.CREATES: vod_snapshots.snapshot_stepped}


def stepped(task: Task, status: Status, at: float, state: ServiceState) -> None:
    """A job has come into a state; its end has consequences."""
    if status.is_final:
        _ENDS[task.operation](task, status, at, state)

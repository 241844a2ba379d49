"""Video on Demand: the behaviours of all its operations, brought together."""

from __future__ import annotations

from . import events, media, procedures, snapshots, tasks, templates, uploads
from .library import stock_dated, stock_media
from .tasks import stepped

BEHAVIOURS = {
    **templates.BEHAVIOURS,
    **tasks.BEHAVIOURS,
    **events.BEHAVIOURS,
    **media.BEHAVIOURS,
    **uploads.BEHAVIOURS,
    **procedures.BEHAVIOURS,
    **snapshots.BEHAVIOURS,
}
STOCK = {
    "media": stock_media,
    "template": stock_dated,
    "snapshot-template": stock_dated,
    "procedure": stock_dated,
}

__all__ = ["BEHAVIOURS", "STOCK", "stepped"]

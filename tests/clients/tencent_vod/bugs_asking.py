"""Mistakes in what is asked: limits, couplings, units, pages."""

from __future__ import annotations

import re
import time
from dataclasses import replace

from .answers import label
from .client import VodClient, given
from .limits import FPS_LIMIT, INT_LIMIT, NAME_LIMIT, QUALITY_MOST, SIDE_LEAST, SIDE_MOST, InvalidRequest, whole

# Limits, couplings, units.


class SmallestIsOne(VodClient):
    """Takes any positive side up to the limit."""

    def check_side(self, name, value):
        if value is not None:
            whole(name, value, 0, SIDE_MOST)


class ZeroRefused(VodClient):
    """Refuses 0, which stands for the other side in proportion, or for the size of the video."""

    def check_side(self, name, value):
        if value is not None:
            whole(name, value, SIDE_LEAST, SIDE_MOST)


class NoFpsIsZero(VodClient):
    """Asks whether the frame rate is true: 0 is neither refused nor sent."""

    def check_fps(self, fps):
        if fps:
            super().check_fps(fps)

    def template_body(self, wanted):
        return super().template_body(wanted if wanted.fps else replace(wanted, fps=None))


class ClampsFps(VodClient):
    """Quietly brings the frame rate into its range."""

    def check_fps(self, fps):
        pass

    def template_body(self, wanted):
        fps = wanted.fps
        return super().template_body(wanted if fps is None else replace(wanted, fps=min(max(fps, 1), FPS_LIMIT)))


class QualityBelow(VodClient):
    """Allows less than the limit where the limit itself is allowed."""

    def check_quality(self, quality):
        super().check_quality(quality)
        if quality == QUALITY_MOST:
            raise InvalidRequest("Quality: too high")


class WholeQuality(VodClient):
    """Takes the quality for an integer."""

    def template_body(self, wanted):
        return super().template_body(wanted if wanted.quality is None else replace(wanted, quality=int(wanted.quality)))


class WebpLikeGif(VodClient):
    """Does not know that webp needs a size."""

    def check_webp(self, width, height):
        pass


class WebpBothMissing(VodClient):
    """Knows that webp needs a size, and takes two zeros for one."""

    def check_create(self, wanted):
        super().check_create(wanted if wanted.format != "webp" else replace(wanted, format=None))
        if wanted.format == "webp" and wanted.width is None and wanted.height is None:
            raise InvalidRequest("Width and Height: webp needs one of them")


class NameInBytes(VodClient):
    """Counts the bytes of a name in place of its characters."""

    def check_name(self, name):
        super().check_name(name)
        if name is not None and len(name.encode()) > NAME_LIMIT:
            raise InvalidRequest(f"Name: at most {NAME_LIMIT} bytes")


class AnyCase(VodClient):
    """Takes GIF for gif."""

    def check_template(self, wanted):
        super().check_template(self.lowered(wanted))

    def template_body(self, wanted):
        return super().template_body(self.lowered(wanted))

    def lowered(self, wanted):
        return wanted if wanted.format is None else replace(wanted, format=wanted.format.lower())


class AsManyIds(VodClient):
    """Sends as many ids in one request as there are."""

    def check_definitions(self, definitions):
        for definition in definitions or ():
            self.check_definition(definition)


class AnySession(VodClient):
    """Does not know how long a SessionId may be."""

    def check_session(self, session_id):
        pass


class PriorityUpTo(VodClient):
    """Knows the upper end of the priorities only."""

    def check_priority(self, priority):
        if priority is not None:
            whole("TasksPriority", priority, -INT_LIMIT, 10)


class NothingNamed(VodClient):
    """Lets a task go out that names no video."""

    def check_source(self, source):
        pass


class EndOfVideoRefused(VodClient):
    """Wants the end behind the start, though 0 is the end of the video and less counts from there."""

    def check_part(self, start_s, end_s):
        super().check_part(start_s, end_s)
        if (end_s or 0) <= (start_s or 0):
            raise InvalidRequest("EndTimeOffset: not behind the start")


class InMilliseconds(VodClient):
    """Takes the offsets for milliseconds, as other services have them."""

    def gif_body(self, gif):
        body = super().gif_body(gif)
        return {name: value if name == "Definition" else value * 1000 for name, value in body.items()}


class WholeSeconds(VodClient):
    """Cuts offsets to whole seconds."""

    def gif_body(self, gif):
        return {name: int(value) for name, value in super().gif_body(gif).items()}


class DropsZeros(VodClient):
    """Leaves out what is not true: a side that shall become 0 stays as it was."""

    def template_body(self, wanted):
        return {name: value for name, value in super().template_body(wanted).items() if value}


class NumberOfFile(VodClient):
    """Takes the id of a file, which looks like a number, for one."""

    def process_body(self, source, gifs, options, session_id):
        body = super().process_body(source, gifs, options, session_id)
        file_id = body.get("FileId", "")
        return {**body, "FileId": str(int(file_id))} if re.fullmatch("[0-9]+", file_id) else body


class IdsAsFloats(VodClient):
    """Lets ids pass through a float, as JSON libraries elsewhere do."""

    def gif_body(self, gif):
        return super().gif_body(replace(gif, definition=int(float(gif.definition))))


class LocalTimes(VodClient):
    """Writes the times of a filter as the clock on the wall shows them."""

    def time_text(self, name, moment):
        if isinstance(moment, str):
            return super().time_text(name, moment)
        return moment.astimezone().strftime("%Y-%m-%dT%H:%M:%SZ")


# Pages.


class OnePage(VodClient):
    """Takes the first page for all."""

    def pages(self, asked):
        yield self.read_entries(self.call("DescribeTasks", asked))


class DropsLastPage(VodClient):
    """Ends with the page that has no token, before using it."""

    def pages(self, asked):
        told = self.call("DescribeTasks", asked)
        while token := label(told.get("ScrollToken")):
            yield self.read_entries(told)
            told = self.call("DescribeTasks", {**asked, "ScrollToken": token})


class SkipsMarked(VodClient):
    """Takes the token for a task that it has seen, and skips the first of every further page."""

    def pages(self, asked):
        first = True
        for page in super().pages(asked):
            yield page if first else page[1:]
            first = False


class SameToken(VodClient):
    """Never moves the token on, and waits for more where it has seen everything."""

    def pages(self, asked):
        token, seen = None, []
        while True:
            told = self.call("DescribeTasks", given({**asked, "ScrollToken": token}))
            page = self.read_entries(told)
            yield page
            token = token or label(told.get("ScrollToken"))
            if not token:
                return
            if page == seen:
                time.sleep(900.0)
            seen = page

"""Buggy variants of the correct client, each with one mistake that people make, and the check that must find it."""

from __future__ import annotations

from typing import NamedTuple

from . import bugs_asking as asking
from . import bugs_reading as reading
from .client import VodClient


class Bug(NamedTuple):
    """A variant, the check that must find it, and the rule that the finding must name (its tail).

    only  the method of the adapter that shows it, where the check takes long and the others need not be tried
    """

    client: type[VodClient]
    caught_by: str
    rule: str = ""
    only: str = ""

    @property
    def name(self) -> str:
        return self.client.__name__


BUGS = (
    Bug(asking.SmallestIsOne, "RULE-INVALID", "CreateAnimatedGraphicsTemplate.Width.range"),
    Bug(asking.ZeroRefused, "RULE-VALID", "CreateAnimatedGraphicsTemplate.Height.range"),
    Bug(asking.NoFpsIsZero, "RULE-INVALID", "ModifyAnimatedGraphicsTemplate.Fps.range"),
    Bug(asking.ClampsFps, "RULE-INVALID", "CreateAnimatedGraphicsTemplate.Fps.range"),
    Bug(asking.QualityBelow, "RULE-VALID", "CreateAnimatedGraphicsTemplate.Quality.range"),
    Bug(asking.WholeQuality, "RULE-VALID", "CreateAnimatedGraphicsTemplate.Quality.range"),
    Bug(asking.WebpLikeGif, "RULE-INVALID", "webp-size-given"),
    Bug(asking.WebpBothMissing, "RULE-INVALID", "CreateAnimatedGraphicsTemplate.webp-size-not-zero"),
    Bug(asking.NameInBytes, "RULE-VALID", "CreateAnimatedGraphicsTemplate.Name.length"),
    Bug(asking.AnyCase, "RULE-INVALID", "CreateAnimatedGraphicsTemplate.Format.enum"),
    Bug(asking.AsManyIds, "RULE-INVALID", "Definitions.max-items"),
    Bug(asking.AnySession, "RULE-INVALID", "ProcessMedia.SessionId.length"),
    Bug(asking.PriorityUpTo, "RULE-INVALID", "ProcessMedia.TasksPriority.range"),
    Bug(asking.NothingNamed, "RULE-INVALID", "media-named"),
    Bug(asking.EndOfVideoRefused, "FAITHFUL", only="create"),
    Bug(asking.InMilliseconds, "FAITHFUL", only="create"),
    Bug(asking.WholeSeconds, "EXACT"),
    Bug(asking.DropsZeros, "RULE-VALID", "ModifyAnimatedGraphicsTemplate.Width.range"),
    Bug(asking.NumberOfFile, "EXACT"),
    Bug(asking.IdsAsFloats, "EXACT"),
    Bug(asking.LocalTimes, "TIME"),
    Bug(asking.OnePage, "PAGES"),
    Bug(asking.DropsLastPage, "PAGES"),
    Bug(asking.SkipsMarked, "PAGES"),
    Bug(asking.SameToken, "PAGES"),
    Bug(reading.ErrorsByStatus, "ERR-MAP"),
    Bug(reading.ShortCodes, "ERR-MAP"),
    Bug(reading.DeletesBlindly, "ERR-MAP"),
    Bug(reading.RepeatsRefusals, "RETRY-NEVER"),
    Bug(reading.TightLoop, "RETRY-LOAD"),
    Bug(reading.NewSessionEachTime, "LOST-ANSWER"),
    Bug(reading.RepeatsLost, "LOST-ANSWER"),
    Bug(reading.AdoptsOthers, "STATE", "session-once"),
    Bug(reading.NoTimeout, "TIMEOUT", only="create"),
    Bug(reading.ReadsAnything, "GARBAGE"),
    Bug(reading.TrustsShape, "GARBAGE"),
    Bug(reading.FinishIsSuccess, "SUBTASK"),
    Bug(reading.ForgetsAborted, "WAIT-FINAL"),
    Bug(reading.AbortedIsOver, "WAIT-FINAL"),
    Bug(reading.NotRunningIsOver, "WAIT-FINAL"),
    Bug(reading.VanishedIsOver, "WAIT-FINAL"),
    Bug(reading.WaitsForEver, "WAIT-FINAL"),
    Bug(reading.StrictTemplates, "READER", only="describe_animated_graphics_templates"),
    Bug(reading.NeedsSession, "READER", only="query"),
    Bug(reading.KnownTypesOnly, "READER", only="describe_animated_graphics_templates"),
    Bug(reading.WithoutS, "ROUTE"),
    Bug(reading.TellsSecret, "SECRET"),
)

"""The catalogue of directed checks. Each has an id, says what it verifies, and knows where it applies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from ..adapter import Offer
from ..findings import Finding, Item, ItemResult
from ..session import Session
from . import errors, faithful, lists, reader, reading, silence, trouble, waits, wire

Run = Callable[[Session, ItemResult], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Check:
    """One entry of the catalogue.

    says      what it verifies, one sentence
    misses    why it does not apply to an adapter, "" when it does
    run       tries the client; yields findings
    cap_s     seconds after which it stops and says so
    """

    id: str
    says: str
    misses: Callable[[Offer], str]
    run: Run
    cap_s: float = 10.0


def always(_: Offer) -> str:
    """It applies to every adapter."""
    return ""


_CHECKS = (
    Check("FAITHFUL", "the wire carries what was asked, in every combination", always, faithful.faithful, 60.0),
    Check("ERR-MAP", "every documented error reaches the caller as it is", errors.missing_fails, errors.err_map),
    Check("RETRY-NEVER", "definitive errors are met once", errors.missing_fails, errors.retry_never),
    Check("LOST-ANSWER", "one call makes at most one task", trouble.no_create, trouble.lost_answer, 30.0),
    Check("BATCH", "no request holds too many ids, and all come back", wire.no_batch, wire.batch),
    Check("WAIT-FINAL", "waiting ends for every state, rightly and bounded", waits.no_wait, waits.wait_final, 60.0),
    Check("SUBTASK", "a finished task with a failed part is a failure", waits.no_subtask, waits.subtask, 30.0),
    Check("PAGES", "every element of a list comes back once", lists.no_list, lists.pages, 30.0),
    Check("READER", "what the documents allow of an answer is read", always, reader.reader, 30.0),
    Check("XML", "XML answers read like JSON", reading.no_xml, reading.xml),
    Check("STATE", "refusals that depend on state surface", errors.missing_fails, reading.state, 30.0),
    Check("TIME", "times go out in the documented zone", always, reading.time_zones),
    Check("TIMEOUT", "a call ends when nothing is answered", always, silence.timeout, 60.0),
    Check("GARBAGE", "an answer that is none ends in a clean error", always, trouble.garbage, 30.0),
    Check("FRESH", "every attempt is signed anew", wire.no_busy_code, wire.fresh),
    Check("EXACT", "big, zero-led and non-ASCII values survive", always, faithful.exact),
    Check("ROUTE", "every request means a documented operation", always, wire.route),
    Check("SECRET", "the secret key is never shown", always, wire.secret),
    Check("IGNORED", "members without effect are not relied on", wire.no_ignored, wire.ignored),
    Check("RETRY-LOAD", "a busy provider is asked a few times, with pauses", errors.missing_fails, errors.retry_load),
)

CATALOG: dict[str, Check] = {check.id: check for check in _CHECKS}


def catalog_items(offer: Offer) -> Iterator[Item]:
    """One item for every check; one that does not apply is skipped and says why."""
    for check in CATALOG.values():
        why = check.misses(offer)
        yield Item(check.id, check.id, partial(_skip, why) if why else check.run, cap_s=check.cap_s)


def _skip(why: str, session: Session, result: ItemResult) -> Iterator[Finding]:
    result.word, result.note = "skipped", why
    return iter(())

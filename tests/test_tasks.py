"""Life cycles as a function of time, by hand and by reads; pages of lists against a plain reading of the same tasks."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcloud.contract.spec import Family
from mockcloud.model import Misuse
from mockcloud.tasks import Progress, Task, TaskBook, fractions
from tests.fuzz.effort import effort

FAMILY = Family("gif", ("INIT", "WAITING", "PROCESSING", "SUCCEED"), 2, "FAILED", "CANCELED", "x")
SHORT = Family("shot", ("RUNNING", "DONE"), 0, None, None, "x")
ALL_QUEUE = Family("late", ("A", "B", "C"), 2, "F", None, "x")


def task(mode="timed", family=FAMILY, created=100.0, number=1, **more):
    return Task(
        id=more.pop("id", f"t{number}"),
        family=family,
        operation="Create",
        created=created,
        number=number,
        progress=Progress.parse(mode, 4.0),
        request={},
        **more,
    )


def words(one, *moments):
    return [one.status(moment).word for moment in moments]


# Progress


@pytest.mark.parametrize(
    ("text", "progress"),
    [
        ("timed", Progress("timed", 7.0)),
        ("immediate", Progress("immediate", 7.0)),
        ("manual", Progress("manual", 7.0)),
        ("polls:3", Progress("polls", 7.0, 3)),
    ],
)
def test_progress_is_read(text, progress):
    assert Progress.parse(text, 7.0) == progress


@pytest.mark.parametrize("text", ["", "polls", "polls:", "polls:0", "polls:-1", "polls:x", "polls:²", "timed:", "slow"])
def test_unknown_progress_is_misuse(text):
    with pytest.raises(Misuse, match="not known"):
        Progress.parse(text)


# Timed


def test_timed_task_waits_the_first_half_and_works_the_second():
    assert words(task(), 100, 100.99, 101, 101.99, 102, 103.99, 104) == [
        *("INIT", "INIT", "WAITING", "WAITING", "PROCESSING", "PROCESSING", "SUCCEED")
    ]


def test_timed_task_says_when_it_started_and_ended():
    status = task().status(200)
    assert (status.phase, status.started, status.ended) == ("succeeded", 102.0, 104.0)


def test_task_in_the_queue_has_no_times_yet():
    status = task().status(101.5)
    assert (status.phase, status.started, status.ended, status.is_final) == ("queued", None, None, False)


def test_task_with_a_failure_ends_failed():
    status = task(failure={"code": "X"}).status(104)
    assert (status.word, status.phase, status.ended) == ("FAILED", "failed", 104.0)


def test_family_without_a_failed_state_ends_in_its_last_step():
    assert task(family=SHORT, failure={"code": "X"}).status(104).word == "DONE"


def test_family_without_a_queue_works_at_once():
    status = task(family=SHORT).status(100)
    assert (status.phase, status.started) == ("running", 100.0)


@pytest.mark.parametrize(("steps", "queued"), [(4, 2), (3, 1), (2, 0), (2, 1), (3, 2), (5, 1)])
def test_steps_begin_in_order_from_zero_to_one(steps, queued):
    shares = fractions(steps, queued)
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    assert list(shares) == sorted(set(shares))


# The other modes


def test_immediate_task_is_done_at_once():
    status = task("immediate").status(100)
    assert (status.word, status.started, status.ended) == ("SUCCEED", 100.0, 100.0)


def test_manual_task_stays():
    assert words(task("manual"), 100, 1e9) == ["INIT", "INIT"]


@pytest.mark.parametrize(
    ("mode", "seen"),
    [
        ("polls:1", ["INIT", "WAITING", "PROCESSING", "SUCCEED", "SUCCEED"]),
        ("polls:2", ["INIT", "INIT", "WAITING", "WAITING", "PROCESSING", "PROCESSING", "SUCCEED"]),
    ],
)
def test_polled_task_moves_a_step_for_so_many_reads(mode, seen):
    one = task(mode)
    assert [one.read(100 + number).word for number in range(len(seen))] == seen


def test_polled_task_does_not_move_by_looking_elsewhere():
    one = task("polls:1")
    assert words(one, 100, 101, 1e9) == ["INIT", "INIT", "INIT"]


def test_polled_task_remembers_when_it_moved():
    one = task("polls:1")
    for moment in (100.0, 105.0, 110.0, 115.0):
        one.read(moment)
    status = one.status(200)
    assert (status.started, status.ended) == (110.0, 115.0)


def test_reads_count_anew_after_a_move_by_hand():
    one = task("polls:2")
    one.read(100)
    one.enter(2, 101)
    assert [one.read(102).word for _ in range(3)] == ["PROCESSING", "PROCESSING", "SUCCEED"]


# By hand


def test_entering_a_step_goes_on_from_there():
    one = task()
    one.enter(2, 100.5)
    assert words(one, 100.5, 102.4, 102.5) == ["PROCESSING", "PROCESSING", "SUCCEED"]


def test_entering_a_step_keeps_the_times_that_were():
    one = task()
    before = one.status(103).started
    one.enter(3, 103)
    assert one.status(103).started == before == 102.0


def test_entering_the_step_it_is_in_changes_nothing_seen():
    one = task()
    one.enter(1, 101.5)
    assert words(one, 101.5, 101.99, 102, 104) == ["WAITING", "WAITING", "PROCESSING", "SUCCEED"]


def test_cancelled_in_the_queue_never_started():
    one = task()
    one.finish("cancelled", 101)
    status = one.status(101)
    assert (status.word, status.phase, status.started, status.ended) == ("CANCELED", "cancelled", None, 101)


def test_cancelled_at_work_keeps_when_it_started():
    one = task()
    one.finish("cancelled", 103)
    assert (one.status(103).started, one.status(103).ended) == (102.0, 103)


def test_forced_to_fail_in_the_queue_started_when_it_ended():
    one = task()
    one.finish("failed", 101)
    assert (one.status(101).word, one.status(101).started, one.status(101).ended) == ("FAILED", 101, 101)


@pytest.mark.parametrize(("phase", "family"), [("failed", SHORT), ("cancelled", ALL_QUEUE)])
def test_no_end_that_the_family_does_not_have(phase, family):
    with pytest.raises(ValueError, match="cannot become"):
        task(family=family).finish(phase, 100)


def test_no_end_after_the_end():
    with pytest.raises(ValueError, match="cannot become"):
        task().finish("cancelled", 104)


def test_shifted_task_is_in_the_same_state_at_the_shifted_moment():
    one, other = task(), task()
    for moved in (one, other):
        moved.enter(1, 100.5)
    other.shift(-50.0)
    assert [one.status(100 + age) for age in (0.5, 1.6, 5)] != []
    assert words(one, 100.5, 101.6, 105) == words(other, 50.5, 51.6, 55)


_MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.floats(0, 3)),
        st.tuples(st.just("read"), st.none()),
        st.tuples(st.just("enter"), st.integers(0, 3)),
        st.tuples(st.just("finish"), st.sampled_from(["failed", "cancelled"])),
    ),
    max_size=12,
)


@effort()
@given(mode=st.sampled_from(["timed", "immediate", "polls:1", "polls:2", "manual"]), moves=_MOVES)
def test_a_state_never_goes_back(mode, moves):
    one, now, seen = task(mode), 100.0, []
    for what, value in moves:
        now += value if what == "wait" else 0.0
        status = one.status(now)
        if what == "read":
            one.read(now)
        elif what == "enter" and value >= status.step and not status.is_final:
            one.enter(value, now)
        elif what == "finish" and not status.is_final:
            one.finish(value, now)
        seen.append(one.status(now))
    assert [status.step for status in seen] == sorted(status.step for status in seen)
    for earlier, later in pairwise(seen):
        assert earlier.started in (None, later.started)
        assert earlier.ended in (None, later.ended)


# The book


def book_of(count, **more):
    book = TaskBook()
    for number in range(1, count + 1):
        book.add(task(number=number, created=100.0 + number, **more))
    return book


def ids(found):
    return [one.id for one in found[0]], found[1]


def test_page_is_newest_first():
    assert ids(book_of(5).select(200, limit=2)) == (["t5", "t4"], 5)


def test_page_from_an_offset():
    assert ids(book_of(5).select(200, offset=2, limit=2)) == (["t3", "t2"], 5)


def test_page_oldest_first():
    assert ids(book_of(5).select(200, newest_first=False, offset=1, limit=2)) == (["t2", "t3"], 5)


def test_page_past_the_end_is_empty_with_the_same_total():
    assert ids(book_of(3).select(200, offset=9, limit=2)) == ([], 3)


def test_creation_times_are_bounded_at_both_ends_inclusive():
    assert ids(book_of(5).select(200, after=102, before=104)) == (["t4", "t3", "t2"], 3)


def test_no_time_between_the_bounds_is_no_task():
    assert ids(book_of(5).select(200, after=104, before=102)) == ([], 0)


def test_phases_part_the_line_by_age():
    assert ids(book_of(6).select(106.5, phases=frozenset({"running"}))) == (["t4", "t3"], 2)


def test_words_part_the_line_as_well():
    assert ids(book_of(6).select(106.5, words=frozenset({"WAITING", "SUCCEED"}))) == (["t5", "t2", "t1"], 3)


def test_phases_and_words_are_both_to_fit():
    found = book_of(6).select(106.5, words=frozenset({"WAITING", "SUCCEED"}), phases=frozenset({"queued"}))
    assert ids(found) == (["t5"], 1)


def test_list_goes_up_to_a_task():
    assert ids(book_of(6).select(200, upto=4, limit=2)) == (["t4", "t3"], 4)


def test_forced_task_is_found_in_its_new_phase():
    book = book_of(6)
    one = book.get("t6")
    one.finish("failed", 106.5)
    book.touch(one)
    assert ids(book.select(106.5, phases=frozenset({"failed", "running"}))) == (["t6", "t4", "t3"], 3)


def test_groups_and_families_have_lines_of_their_own():
    book = TaskBook()
    for number, (group, family) in enumerate([("a", FAMILY), ("b", FAMILY), ("a", SHORT), ("a", FAMILY)], 1):
        book.add(task(number=number, group=group, family=family))
    assert ids(book.select(200, group="a")) == (["t4", "t3", "t1"], 3)
    assert ids(book.select(200, group="a", family="gif")) == (["t4", "t1"], 2)


def test_where_may_look_at_tasks_and_so_move_them():
    book = TaskBook()
    for number in (1, 2, 3):
        book.add(task("polls:1", number=number))

    def look(one):
        one.read(200)
        book.touch(one)
        return True

    assert ids(book.select(200, where=look, limit=2)) == (["t3", "t2"], 3)


def test_the_same_id_twice_is_refused():
    book = book_of(1)
    with pytest.raises(ValueError, match="already"):
        book.add(task(number=1))


def test_oldest_tasks_go_first_and_are_counted():
    book = TaskBook(most=3)
    tasks = [task(number=number, created=100.0 + number) for number in range(1, 6)]
    for one in tasks:
        book.add(one)
    assert ids(book.select(200)) == (["t5", "t4", "t3"], 3)
    assert (len(book), book.dropped, book.get("t2")) == (3, 2, None)
    assert [one.is_gone for one in tasks] == [True, True, False, False, False]


def test_dropped_task_can_still_be_touched():
    book = TaskBook(most=1)
    old = task(number=1)
    book.add(old)
    book.add(task(number=2))
    book.touch(old)
    assert ids(book.select(200, phases=frozenset({"succeeded"}))) == (["t2"], 1)


def test_lists_by_phase_look_at_no_task_that_goes_its_regular_way(monkeypatch):
    book, looks = book_of(5000), []
    monkeypatch.setattr(Task, "status", lambda *_: looks.append(1))
    _, total = book.select(4000, phases=frozenset({"succeeded"}), limit=10)
    assert (total, looks) == (3896, [])


_TASKS = st.lists(
    st.tuples(
        st.sampled_from([FAMILY, SHORT, ALL_QUEUE]),
        st.sampled_from(["", "g"]),
        st.floats(0, 2),
        st.sampled_from(["", "", "", "read", "enter", "failed", "cancelled", "failure"]),
    ),
    max_size=40,
)


def _disturbed(book, one, how, now):
    status = one.status(now)
    word = {"failed": one.family.failed, "cancelled": one.family.cancelled}.get(how)
    if how == "read":
        one.read(now)
    elif how == "enter" and not status.is_final:
        one.enter(status.step + 1, now)
    elif word is not None and not status.is_final:
        one.finish(how, now)
    if not one.is_regular:
        book.touch(one)


@effort(3)
@given(
    mode=st.sampled_from(["timed", "immediate", "polls:1", "manual"]),
    made=_TASKS,
    most=st.sampled_from([5, 20, 100]),
    phases=st.none() | st.frozensets(st.sampled_from(["queued", "running", "succeeded", "failed", "cancelled"])),
    words=st.none()
    | st.frozensets(st.sampled_from(["INIT", "WAITING", "SUCCEED", "CANCELED", "RUNNING", "DONE", "B", "F"])),
    upto=st.none() | st.integers(0, 40),
    family=st.sampled_from([None, "gif", "shot"]),
    group=st.sampled_from([None, "", "g"]),
    bounds=st.tuples(st.none() | st.floats(90, 130), st.none() | st.floats(90, 130)),
    page=st.tuples(st.booleans(), st.integers(0, 10), st.none() | st.integers(0, 10)),
)
def test_select_is_what_a_plain_reading_finds(mode, made, most, phases, words, upto, family, group, bounds, page):
    book, now, known = TaskBook(most), 100.0, []
    for number, (of, in_group, wait, how) in enumerate(made, 1):
        now += wait
        failure = {"code": "X"} if how == "failure" else None
        one = task(mode, of, now, number, group=in_group, failure=failure)
        book.add(one)
        known.append(one)
        _disturbed(book, one, how, now)
    after, before = bounds
    newest_first, offset, limit = page
    wanted = [
        one
        for one in known[-most:]
        if (phases is None or one.status(now).phase in phases)
        and (words is None or one.status(now).word in words)
        and (upto is None or one.number <= upto)
        and family in (None, one.family.name)
        and group in (None, one.group)
        and (after is None or one.created >= after)
        and (before is None or one.created <= before)
    ]
    ordered = wanted[::-1] if newest_first else wanted
    expected = ordered[offset:] if limit is None else ordered[offset : offset + limit]

    found, total = book.select(
        now,
        phases=phases,
        words=words,
        upto=upto,
        family=family,
        group=group,
        after=after,
        before=before,
        newest_first=newest_first,
        offset=offset,
        limit=limit,
    )

    assert [one.id for one in found] == [one.id for one in expected]
    assert total == len(wanted)

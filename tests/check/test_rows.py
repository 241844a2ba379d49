"""Allowed requests beside the edges of rules: all pairs, and everything that can be said of every parameter."""

from __future__ import annotations

import pytest

from mockcloud.check.battery import offer_of
from mockcloud.check.members import members
from mockcloud.check.pairs import pairs_in
from mockcloud.check.possible import offered_parameters
from mockcloud.check.rows import is_allowed, planned_rows, tried_rows
from mockcloud.check.saying import said
from mockcloud.contract.load import Contracts
from tests.clients.alibaba_vod.adapter import Vod
from tests.clients.huawei_mpc.adapter import Correct as Gifs
from tests.clients.tencent_vod.adapter import Correct as Media

from .gifs import Mended

CONTRACTS = Contracts()
OFFERED = [
    (offer, offer.operation(name), method)
    for offer in (offer_of(adapter, CONTRACTS) for adapter in (Gifs, Vod, Media))
    for name, method in offer.operations.items()
    if method != "query" and offer.operation(name).depth == "full"
]
each_operation = pytest.mark.parametrize(("offer", "operation", "method"), OFFERED, ids=[one[1].id for one in OFFERED])


@each_operation
def test_every_row_is_allowed(offer, operation, method):
    assert [
        label for label, row in planned_rows(offer, operation, method) if not is_allowed(offer, operation, row)
    ] == []


@each_operation
def test_rows_have_names_of_their_own(offer, operation, method):
    labels = [label for label, _ in planned_rows(offer, operation, method)]
    assert len(labels) == len(set(labels))


@each_operation
def test_rows_say_what_they_are_named_after(offer, operation, method):
    for label, row in planned_rows(offer, operation, method):
        assert label.startswith("row ") or label in set(said(operation.input, row))


@each_operation
def test_rows_that_are_tried_say_all_that_counts(offer, operation, method):
    told = {name for _, row in tried_rows(offer, operation, method) for name in said(operation.input, row)}
    told |= {name for point in offer.points(operation) for name in said(operation.input, point.parameters)}
    counted = {name.partition(" ")[2] for name in offered_parameters(offer, operation)}
    assert counted - told <= {f"{role.get('ids')} sent" for role in offer.service.roles.values()}


def test_nested_members_of_json_texts_are_sent_and_left_out():
    offer = offer_of(Vod, CONTRACTS)
    operation = offer.operation("AddVodTemplate")
    counted = set(offered_parameters(offer, operation))
    for said_of_it in ("sent", "omitted"):
        assert f"AddVodTemplate TemplateConfig.SnapshotConfig.SpriteSnapshotConfig.Padding {said_of_it}" in counted


def test_what_rules_forbid_is_not_counted():
    offer = offer_of(Gifs, CONTRACTS)
    counted = set(offered_parameters(offer, offer.operation("CreateAnimatedGraphicsTask")))
    assert "CreateAnimatedGraphicsTask output_param.width sent" in counted
    assert "CreateAnimatedGraphicsTask output_param.width omitted" not in counted


def test_rows_hold_only_what_is_offered():
    offer = offer_of(Mended, CONTRACTS)
    operation = offer.operation("CreateAnimatedGraphicsTask")
    rows = [row for _, row in planned_rows(offer, operation, "create")]
    assert rows
    assert {name for row in rows for name in row} == {"output_param"}
    assert {name for row in rows for name in row["output_param"]} == {"start", "end"}


def test_rows_hold_every_pair_that_any_of_them_can():
    offer = offer_of(Gifs, CONTRACTS)
    operation = offer.operation("CreateAnimatedGraphicsTask")
    found = members(operation, offer.maker(operation))
    held = {pair for _, row in planned_rows(offer, operation, "create") for pair in pairs_in(operation, found, row)}
    assert "output_param.width=-1 & output_param.frame_rate=75" in held
    assert "output_param.width=-1 & output_param.height=-1" not in held

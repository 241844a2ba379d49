"""What was once held against correct clients, or never tried with them."""

from __future__ import annotations

from json import dumps

import pytest

import mockcloud
from mockcloud.check.battery import Options, battery, offer_of, open_session, run_item
from mockcloud.check.catalog.asking import new_task
from mockcloud.check.catalog.errors import busy_codes
from mockcloud.check.compare import differences
from mockcloud.check.members import members
from mockcloud.check.points import PointMaker
from mockcloud.check.replay import replayed, wanted
from mockcloud.check.rows import is_allowed
from mockcloud.check.rules import is_contested, is_of_type
from mockcloud.contract.load import Contracts
from mockcloud.mutations import BIG, mutated
from tests.clients.huawei_mpc.adapter import Correct as Gifs
from tests.clients.huawei_mpc.client import GifError
from tests.clients.jdcloud_mps.adapter import Correct as Thumbnails
from tests.clients.tencent_vod.adapter import Correct as Images
from tests.clients.tencent_vod.limits import InvalidRequest

CONTRACTS = Contracts()
MPC, VOD = CONTRACTS.service("huawei-mpc"), CONTRACTS.service("tencent-vod")
THUMBNAIL = CONTRACTS.service("jdcloud-mps").operations["createThumbnailTask"]


@pytest.fixture(scope="module")
def cloud():
    with mockcloud.start() as running:
        yield running


def result_of(adapter, cloud, item_id):
    offer, options = offer_of(adapter, CONTRACTS), Options()
    item = next(item for item in battery(offer, options) if item.id == item_id)
    with open_session(offer, cloud, options).open() as session:
        return run_item(session, item, options)


def test_what_is_prepared_lies_in_the_project_that_the_client_was_given(cloud):
    with open_session(offer_of(Gifs, CONTRACTS), cloud, Options()).open() as session:
        session.fresh()
        task_id = new_task(session)

        assert session.ask("query", [task_id]).value == [task_id]


@pytest.mark.parametrize("member", ["start_time", "end_time", "page", "size"])
def test_a_member_that_ids_override_is_tried_without_ids(member):
    operation = MPC.operations["ListAnimatedGraphicsTask"]
    points = PointMaker(operation, MPC, textual=True).points()

    tried = [point.parameters for point in points if point.rule.startswith(f"{operation.id}.{member}.")]

    assert tried
    assert all(set(parameters) == {member} for parameters in tried)


def test_a_busy_gateway_is_tried_with_every_operation():
    codes = {entry.code for entry in busy_codes(MPC.operations["CreateAnimatedGraphicsTask"], MPC)}

    assert codes == {"APIGW.0308", "APIGW.0613"}


def test_an_answer_in_another_charset_may_be_read(cloud):
    result = result_of(Gifs, cloud, "GARBAGE")

    assert (result.word, result.findings) == ("ok", [])


def test_no_point_makes_the_mock_post_to_this_machine(cloud):
    result = result_of(Thumbnails, cloud, "setNotification.endpoint.format-accepts")

    assert (result.word, result.judged, result.undecided) == ("ok", 2, 0)
    assert cloud.callbacks[-1]["outcome"] == "refused"


@pytest.mark.parametrize(("asked", "changes"), [(0, []), (8, ["target.widthInPixel: asked 8, not sent"])])
def test_a_default_may_be_left_out(asked, changes):
    assert differences(THUMBNAIL, {"target": {"widthInPixel": asked}}, {"target": {}}) == changes


def test_members_of_an_object_that_a_plain_request_leaves_out_are_varied():
    varied = {member.path: member.values for member in members(THUMBNAIL, PointMaker(THUMBNAIL, MPC))}

    assert {True, False} <= set(varied["rule", "keyFrame"])


def test_digits_that_may_be_a_number_become_a_big_one():
    operation = MPC.operations["CreateAnimatedGraphicsTask"]

    assert mutated("big-number", {"path": "task_id"}, {"task_id": "30647"}, operation, MPC) == {"task_id": BIG}


class KnownStates(Gifs):
    """Queries fail when a state is new."""

    def query(self, client, ids):
        tasks = client.query(ids)
        if any(task.status == "MOCKCLOUD_NEW" for task in tasks):
            raise GifError("a state that is new")
        return [task.task_id for task in tasks]


def test_a_state_that_is_new_leaves_a_query_readable(cloud):
    [finding] = result_of(KnownStates, cloud, "READER").findings

    assert [case.label for case in finding.cases] == ["new-word: tasks.status"]


class OrderedImages(Images):
    """Refuses a span that ends before it begins."""

    def create(self, client, p):
        gifs = p.get("MediaProcessTask", {}).get("AnimatedGraphicTaskSet", ())
        for gif in gifs:
            start, end = gif.get("StartTimeOffset", 0), gif.get("EndTimeOffset", 0)
            if start * end > 0 and start >= end:
                raise InvalidRequest("the start lies before the end")
        return super().create(client, p)


@pytest.mark.parametrize("adapter", [Images, OrderedImages])
def test_what_is_accepted_and_comes_to_nothing_may_be_refused(adapter, cloud):
    result = result_of(adapter, cloud, "ProcessMedia.offset-order-rejects")

    assert (result.word, result.judged, result.findings) == ("ok", 4, [])


def test_replay_judges_it_in_the_same_way(cloud):
    gif = {"Definition": 20001, "StartTimeOffset": 5, "EndTimeOffset": 2}
    asked = {"FileId": "5285890784246869930", "MediaProcessTask": {"AnimatedGraphicTaskSet": [gif]}}
    for adapter in (Images, OrderedImages):
        with open_session(offer_of(adapter, CONTRACTS), cloud, Options()).open() as session:
            verdict, _ = replayed(session, wanted(session, dumps({"operation": "ProcessMedia", "p": asked})))

        assert verdict.word == "ok"


@pytest.mark.parametrize("asked", [{"FileId": "1"}, {"FileId": "1", "MediaProcessTask": {}}])
def test_nobody_has_to_send_a_request_that_asks_for_nothing(asked):
    offer = offer_of(Images, CONTRACTS)

    assert not is_allowed(offer, offer.operation("ProcessMedia"), asked)


@pytest.mark.parametrize(
    "name",
    ["DescribeAnimatedGraphicsTemplates", "DescribeSnapshotByTimeOffsetTemplates", "DescribeProcedureTemplates"],
)
def test_a_page_of_nothing_is_nobodys_duty(name):
    assert is_contested(CONTRACTS.service("tencent-vod").operations[name].input, {"Limit": 0})


def test_a_value_that_its_type_cannot_hold_is_no_input_for_clients():
    ids = {item.id for item in battery(offer_of(Images, CONTRACTS), Options())}
    (rule,) = (rule for rule in VOD.operations["DeleteAnimatedGraphicsTemplate"].rules if rule.kind == "range")

    assert is_of_type(rule)
    assert not any(item.startswith("DeleteAnimatedGraphicsTemplate.Definition.range") for item in ids)
    assert "CreateAnimatedGraphicsTemplate.Fps.range-rejects" in ids


@pytest.mark.parametrize(
    ("operation_name", "member", "values"),
    [("CreateGifTask", "TemplateId", []), ("GetTaskStatus", "TaskId", []), ("CreateGifTask", "VideoName", [""])],
)
def test_an_empty_text_is_asked_for_where_a_text_is_documented(operation_name, member, values):
    service = CONTRACTS.service("alibaba-multimediaai")
    points = PointMaker(service.operations[operation_name], service, textual=True).points()
    missing = [point for point in points if point.rule.endswith(f"{member}.required") and point.polarity == "invalid"]

    typed = [point.parameters[member] for point in missing if point.is_typed and member in point.parameters]
    assert typed == values
    assert {point.parameters.get(member) for point in missing} == {None, ""}


@pytest.mark.parametrize(
    ("asked", "sent", "is_change"),
    [
        ({"AuthKey": "Abc123"}, {"AuthKey": "***"}, False),
        ({"AuthKey": "Abc123"}, {"AuthKey": "Abc124"}, True),
        ({"AuthKey": "Abc123"}, {}, True),
        ({"CallbackURL": "http://u:p@a.test/"}, {"CallbackURL": "http://***@a.test/"}, False),
        ({"CallbackURL": "http://u:p@a.test/"}, {"CallbackURL": "http://***@b.test/"}, True),
        ({"MnsQueueName": "one***"}, {"MnsQueueName": "two***"}, True),
    ],
)
def test_a_secret_that_the_journal_hides_is_no_change(asked, sent, is_change):
    operation = CONTRACTS.service("alibaba-vod").operations["SetMessageCallback"]

    assert bool(differences(operation, asked, sent)) is is_change

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import mockcloud
from mockcloud.contract.load import Contracts
from mockcloud.explain import ORIGINS, REASONS, explained, facts, find, listed, rendered, rules_of, served
from mockcloud.model import Misuse

CONTRACTS = Contracts()
SERVICES = list(CONTRACTS.services())


def explanation(asked: str) -> dict:
    return explained(find(asked, CONTRACTS))


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.id)
def test_everything_that_a_contract_says_can_be_explained(service):
    texts = {fact.id: rendered(explained(fact)) for fact in facts(service)}
    assert all(text.startswith(f"{name}\n") for name, text in texts.items())
    assert len(texts) > len(service.operations)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.id)
def test_every_rule_and_behaviour_says_where_it_comes_from(service):
    known = [explained(fact) for fact in facts(service) if fact.kind in ("rule", "behaviour")]
    assert {said["origin"] for said in known} <= set(ORIGINS.values())
    assert all(part["source"] for said in known for part in said["sources"])
    assert all(said["sources"] for said in known)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.id)
def test_no_two_facts_share_an_id(service):
    names = [fact.id for fact in facts(service)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("asked", "kind", "found"),
    [
        ("huawei-mpc.CreateAnimatedGraphicsTask.span-60s", "rule", "huawei-mpc.CreateAnimatedGraphicsTask.span-60s"),
        ("span-60s", "rule", "huawei-mpc.CreateAnimatedGraphicsTask.span-60s"),
        ("SPAN-60S", "rule", "huawei-mpc.CreateAnimatedGraphicsTask.span-60s"),
        ("output_param.width.range", "rule", "huawei-mpc.CreateAnimatedGraphicsTask.output_param.width.range"),
        ("CreateGifTask", "operation", "alibaba-multimediaai.CreateGifTask"),
        ("huawei-mpc:MPC.10202", "error", "huawei-mpc:MPC.10202"),
        ("MPC.10202", "error", "huawei-mpc:MPC.10202"),
        ("huawei-mpc:MPC.10202/no-stop", "error", "huawei-mpc:MPC.10202"),
        ("cancel-while-queued", "behaviour", "huawei-mpc.cancel-while-queued"),
        ("fps-max", "switch", "tencent-vod.fps-max"),
        ("GetDynamicImageJob", "unserved", "alibaba-vod.GetDynamicImageJob"),
    ],
)
def test_find(asked, kind, found):
    fact = find(asked, CONTRACTS)
    assert (fact.kind, fact.id) == (kind, found)


def test_end_that_means_several_things_lists_them():
    with pytest.raises(Misuse) as wrong:
        find("Fps.range", CONTRACTS)
    assert "'Fps.range' may mean" in wrong.value.text
    assert "tencent-vod.CreateAnimatedGraphicsTemplate.Fps.range" in wrong.value.hint


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        ("output_param.widht.range", "huawei-mpc.CreateAnimatedGraphicsTask.output_param.width.range"),
        ("MPC.10203x", "huawei-mpc:MPC.10203"),
        ("CreateGifTsak", "alibaba-multimediaai.CreateGifTask"),
    ],
)
def test_unknown_id_names_the_nearest(asked, nearest):
    with pytest.raises(Misuse) as wrong:
        find(asked, CONTRACTS)
    assert nearest in wrong.value.hint


def test_nothing_near_says_where_to_look():
    with pytest.raises(Misuse) as wrong:
        find("0000000000000000000000", CONTRACTS)
    assert "mockcloud rules" in wrong.value.hint


def test_rule_names_its_answer_unit_and_sources():
    said = explanation("output_param.width.range")
    assert said["says"] == "output_param.width: must be -1, 0 or a multiple of 2 from 32 to 3840"
    assert said["unit"] == "px"
    assert said["answer"] == {"status": 400, "code": "MPC.10202", "message": "Invalid request parameter."}
    assert said["sources"][0] == {
        "cite": "seed 002 T7 width",
        "source": CONTRACTS.service("huawei-mpc").sources["seed 002"],
    }


def test_message_of_a_rule_is_filled_with_the_name_of_its_member():
    said = explanation("alibaba-multimediaai.CreateGifTask.VideoUrl.required")
    assert said["answer"]["code"] == "MissingParameter"
    assert "VideoUrl" in said["answer"]["message"]
    assert "%s" not in said["answer"]["message"]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("count-not-with-single", "参数 rule.count 存在错误"),
        ("setNotification.events[].enum", "参数 events.0 存在错误"),
        ("end-only-with-multi", "参数 rule.endTimeInSecond 存在错误"),
    ],
)
def test_message_of_a_rule_has_the_place_that_the_answer_has(asked, message):
    assert explanation(f"jdcloud-mps.{asked}" if asked.startswith("set") else asked)["answer"]["message"] == message


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("listSnapshotTasks", (501, "NOT_IMPLEMENTED", "目前不支持 GET /v1/snapshotTasks")),
        ("AttachMediaSubtitles", (200, "InvalidAction", "The request action=`AttachMediaSubtitles` exists, but")),
    ],
)
def test_operation_that_is_not_served_says_how_it_is_answered(asked, answer):
    said = explanation(asked)
    told = tuple(said["answer"][name] for name in ("status", "code", "message"))
    assert (*told[:2], told[2][: len(answer[2])]) == answer
    assert "not served" in said["says"]


def test_rule_shows_where_sources_disagree_over_it():
    said = explanation("CreateAnimatedGraphicsTask.end-after-start")
    assert said["origin"] == ORIGINS["assumed"]
    assert "end before or at start" in [row["about"] for row in said["conflicts"]]
    assert "frame_rate" in said["other_conflicts"]


@pytest.mark.parametrize(
    ("asked", "about"),
    [
        ("listThumbnailTask.status.enum", ["status words"]),
        ("listThumbnailTask.limit.range", []),
        ("listThumbnailTask.end.format", ["order, marker and the time that begin and end speak of"]),
        ("createThumbnailTask.target.format.enum", ["format"]),
        ("createThumbnailTask.target.widthInPixel.range", ["widthInPixel 0"]),
        ("refused-parameters", ["refused parameters and the error that answers them"]),
        ("result-shape", ["result shape"]),
    ],
)
def test_only_what_is_disputed_about_a_fact_is_told_with_it(asked, about):
    assert [row["about"] for row in explanation(f"jdcloud-mps.{asked}")["conflicts"]] == about


def test_disputed_values_are_told():
    said = explanation("tencent-vod.CreateAnimatedGraphicsTemplate.Fps.range")
    assert said["disputed"].startswith("31 to 60")


def test_rule_without_effect_has_no_answer():
    service = CONTRACTS.service("huawei-mpc")
    fact = find("span-60s", CONTRACTS)
    said = explained(replace(fact, service=service, what=replace(fact.what, effect="ignore")))
    assert "answer" not in said


def test_behaviour_says_documented_or_invented():
    assert explanation("cancel-while-queued")["origin"] == ORIGINS["documented"]
    assert explanation("huawei-mpc.newest-first")["origin"] == ORIGINS["invented"]


@pytest.mark.parametrize(
    ("origin", "names"),
    [
        ("documented", ["preprocessing-is-processing"]),
        ("sdk", ["project-header", "query-in-wire-order", "request-id", "one-project-per-name"]),
        ("invented", ["any-bucket", "dates-by-wall-clock", "empty-text", "no-throttling", "path-before-credentials"]),
        ("invented", ["signature-before-token", "task-times", "unknown-members"]),
    ],
)
def test_what_huawei_leaves_open_is_a_behaviour_with_an_origin(origin, names):
    assert {explanation(f"huawei-mpc.{name}")["origin"] for name in names} == {ORIGINS[origin]}


@pytest.mark.parametrize("code", ["MPC.10057", "MPC.10124", "MPC.10143", "MPC.10216", "MPC.10217", "MPC.10239"])
def test_text_of_huawei_that_could_not_be_read_whole_says_so(code):
    (row,) = explanation(f"huawei-mpc:{code}")["rows"]
    assert "decision" in str(row["sources"])
    assert row["note"]


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("huawei-mpc:MPC.10202", "an error that answers requests"),
        ("huawei-mpc:MPC.10124", "an error that ends tasks"),
        ("huawei-mpc:MPC.10209", "an error that answers requests and ends tasks"),
        ("tencent-vod:InternalError", "an error that answers requests and ends tasks"),
    ],
)
def test_error_says_where_it_is_met(code, says):
    assert explanation(code)["says"] == says


@pytest.mark.parametrize(
    ("behaviour", "origin"),
    [
        ("task-id", "invented"),
        ("request-id", "sdk"),
        ("request-id-form", "invented"),
        ("signature-generation-3", "sdk"),
        ("request-age", "invented"),
        ("picture-names", "documented"),
        ("picture-numbers", "invented"),
        ("list-status", "invented"),
        ("empty-text", "invented"),
        ("notification-confirmation", "documented"),
        ("notification-unconfirmed", "invented"),
    ],
)
def test_part_that_was_decided_here_does_not_pass_for_documented(behaviour, origin):
    assert explanation(f"jdcloud-mps.{behaviour}")["origin"] == ORIGINS[origin]


def test_error_has_every_message_of_its_code():
    said = explanation("huawei-mpc:MPC.10208")
    rows = {row["name"]: row["status"] for row in said["rows"]}
    assert rows["MPC.10208"] == 403
    assert rows["MPC.10208/table"] == 401
    assert 'fail_next("huawei-mpc", OPERATION, "MPC.10208")' in said["try"]


def test_error_that_an_operation_documents_differently_says_so():
    said = explanation("huawei-mpc:MPC.10202")
    assert "CreateThumbnailsTask" in [row.get("operation") for row in said["rows"]]
    assert "huawei-mpc.CreateAnimatedGraphicsTask.span-60s" in said["rules"]


def test_operation_has_binding_states_errors_and_conflicts():
    said = explanation("CreateAnimatedGraphicsTask")
    assert said["binding"] == "POST /v1/{project_id}/animated-graphics"
    assert said["states"] == "INIT > WAITING > PROCESSING > SUCCEED | FAILED | CANCELED"
    assert "MPC.10202" in said["errors"]
    assert "frame_rate" in [row["about"] for row in said["conflicts"]]


def test_every_fixed_word_of_the_reason_header_is_explained():
    package = Path(mockcloud.__file__).parent
    source = "\n".join(path.read_text("utf-8") for path in package.rglob("*.py"))
    words = set(re.findall(r'\breason="([a-z][a-z-]*)"', source))
    assert words <= set(REASONS)
    assert "signature" in words


def test_served_tells_depth_samples_and_switches():
    said = served(CONTRACTS.service("huawei-mpc"))
    assert "CreateAnimatedGraphicsTask" in said["full"]
    assert "KeystoneListProjects" in said["shape"]
    assert said["kinds"]["object"] == ["obs-apitest-01/mp4/4k.mp4"]
    assert said["switches"]["types"] == ["strings", "numbers"]
    assert "object:      obs-apitest-01/mp4/4k.mp4 on a fresh server" in listed(said)


def test_rules_of_everything_are_those_of_all_services():
    assert len(rules_of(None, CONTRACTS)) == sum(len(rules_of(name, CONTRACTS)) for name in CONTRACTS.ids())

"""Answers that are bent on purpose: what may be bent, and that it is."""

from __future__ import annotations

import mockcloud
from mockcloud.contract.load import Contracts
from mockcloud.mutations import bendable
from tests.clients.alibaba_multimediaai.adapter import XmlGifs

OPERATIONS = Contracts().service("alibaba-multimediaai").operations


def test_a_state_may_have_a_new_word_and_the_mark_of_a_success_may_not():
    assert bendable("new-word", OPERATIONS["ListTasks"]) == ["Tasks.Status"]
    assert bendable("new-word", OPERATIONS["CreateGifTask"]) == []


def test_xml_without_a_root_is_that_of_the_reference_page():
    with mockcloud.start() as cloud:
        cloud.fail_next("alibaba-multimediaai", "CreateGifTask", "answer.rootless")
        task_id = XmlGifs().connect(cloud).create_gif_task("ApplicationId", "https://xxx", 1, "v", "http://XXX.mp4")
        [record] = cloud.requests()

    assert task_id == 1
    answer = record["response"]
    assert answer == f"<RequestId>{record['request_id']}</RequestId><TaskId>1</TaskId><Code>OK</Code>"

"""An adapter may inherit its methods from another: a second format, a second client class."""

from __future__ import annotations

import pytest

from mockcloud.check import Adapter
from mockcloud.check.battery import offer_of
from mockcloud.contract.load import Contracts
from mockcloud.model import Misuse


class Gifs(Adapter):
    service = "alibaba-multimediaai"

    def connect(self, cloud):
        return cloud

    def create(self, client, p):
        return 1


class XmlGifs(Gifs):
    answer_format = "XML"


class Cancels(Gifs):
    def cancel(self, client, task_id):
        return None


class CancelsInXml(Cancels):
    answer_format = "XML"


class Nothing(Adapter):
    service = "alibaba-multimediaai"

    def connect(self, cloud):
        return cloud


def test_inherited_methods_are_offered():
    assert offer_of(XmlGifs, Contracts()).roles == {"create": "CreateGifTask"}


def test_an_inherited_role_that_the_service_has_not_is_named():
    with pytest.raises(Misuse, match=r"CancelsInXml\.cancel: alibaba-multimediaai documents no such role"):
        offer_of(CancelsInXml, Contracts())


def test_an_adapter_without_any_operation_is_named():
    with pytest.raises(Misuse, match="Nothing offers no operation"):
        offer_of(Nothing, Contracts())

"""A client that warns has not failed, also where tests make errors of warnings."""

from __future__ import annotations

import warnings

import pytest

import mockcloud
from mockcloud.check.battery import Options, offer_of, open_session
from mockcloud.contract.load import Contracts
from tests.clients.tencent_vod.adapter import Correct


class Warns(Correct):
    def connect(self, cloud):
        warnings.warn("use something newer", DeprecationWarning, stacklevel=2)
        return super().connect(cloud)

    def list(self, client, p):
        warnings.warn("nobody knows this member", UserWarning, stacklevel=2)
        return super().list(client, p)


@pytest.mark.filterwarnings("error")
def test_warnings_of_a_client_are_no_errors():
    offer = offer_of(Warns, Contracts())
    with mockcloud.start() as cloud, open_session(offer, cloud, Options()).open() as session:
        session.fresh()

        assert session.ask("list", {}).value == []
        with pytest.raises(UserWarning, match="after it"):
            warnings.warn("after it", UserWarning, stacklevel=1)

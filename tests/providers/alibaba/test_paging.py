"""Pages of lists."""

from __future__ import annotations

import pytest

from mockcloud.model import Call, Wire
from mockcloud.providers.alibaba.paging import page

from .raw import SERVICE, engine


def _page(parameters, count):
    state = engine().world.account("mockcloud").service(SERVICE)
    call = Call(Wire("GET", "/"), "alibaba", SERVICE.id, "ID", "ListFaceGroups", parameters)
    return page(call, state, "Items", [{"N": number} for number in range(count)])


@pytest.mark.parametrize(
    ("parameters", "count", "numbers"),
    [
        ({"PageNumber": 1, "PageSize": 3}, 7, [0, 1, 2]),
        ({"PageNumber": 3, "PageSize": 3}, 7, [6]),
        ({"PageNumber": 4, "PageSize": 3}, 7, []),
        ({"PageNumber": 1, "PageSize": 3}, 0, []),
        ({}, 12, list(range(10))),
    ],
)
def test_a_page_holds_its_items_and_the_total(parameters, count, numbers):
    found = _page(parameters, count)
    assert [item["N"] for item in found["Items"]] == numbers
    assert found["TotalCount"] == count
    assert (found["PageNumber"], found["PageSize"]) == (parameters.get("PageNumber", 1), parameters.get("PageSize", 10))

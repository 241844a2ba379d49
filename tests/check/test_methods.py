"""Methods of an adapter: misspelt ones are named, helpers are left alone, what cannot be called is said at once."""

from __future__ import annotations

import abc
import functools

import pytest

from mockcloud.check import Adapter
from mockcloud.check.battery import AdapterMistake, Options, offer_of, open_session
from mockcloud.contract.load import Contracts
from mockcloud.model import Misuse

CONTRACTS = Contracts()


class Gifs(Adapter):
    service = "huawei-mpc"

    def connect(self, cloud):
        return cloud

    def create(self, client, p):
        return ""


def offered(base=Gifs, **members):
    return offer_of(type("Own", (base,), members), CONTRACTS)


def asked(self, client, p):
    return []


@pytest.mark.parametrize(
    ("method", "meant"),
    [
        ("quary", "query"),
        ("qurey", "query"),
        ("querry", "query"),
        ("qery", "query"),
        ("Query", "query"),
        ("lsit", "list"),
        ("cancle", "cancel"),
        ("waits", "wait"),
        ("creat", "create"),
        ("list_animated_graphic_task", "list_animated_graphics_task"),
        ("create_thumbnail_task", "create_thumbnails_task"),
        ("create_thumbnials_task", "create_thumbnails_task"),
        ("CreateThumbnailsTask", "create_thumbnails_task"),
        ("listThumbnailsTask", "list_thumbnails_task"),
    ],
)
def test_misspelt_method_is_named_with_what_is_meant(method, meant):
    with pytest.raises(Misuse) as raised:
        offered(**{method: asked})
    assert raised.value.text == f"Own.{method} is no role and no operation"
    assert raised.value.hint == f"call it {meant}; a helper begins with _"


@pytest.mark.parametrize(
    "method",
    ["_quary", "make", "make_gif", "created_at", "wanted", "watch", "get", "task_list", "create_gif", "delete_task"],
)
def test_helper_is_left_alone(method):
    assert set(offered(**{method: asked}).roles) == {"create"}


@pytest.mark.parametrize(
    "helper", [lambda self, size: size, lambda self: [], property(lambda self: [])], ids=["size", "nothing", "property"]
)
def test_helper_that_takes_something_else_is_left_alone(helper):
    assert set(offered(lists=helper).roles) == {"create"}


@pytest.mark.parametrize(
    ("name", "method", "said", "form"),
    [
        ("create", lambda self, p: p, "client and p", "create(self, client, p)"),
        ("query", lambda self, client: [], "client and ids", "query(self, client, ids)"),
        ("list", lambda self, client, p, size: [], "client and p", "list(self, client, p)"),
        ("cancel", lambda self: None, "client and task_id", "cancel(self, client, task_id)"),
        ("connect", lambda self: None, "cloud", "connect(self, cloud)"),
        ("error", lambda problem: None, "problem", "error(self, problem)"),
        ("intended", staticmethod(lambda p, client: p), "p", "intended(self, p)"),
        ("create_thumbnails_task", classmethod(lambda cls, p: p), "client and p", "create_thumbnails_task(self, "),
    ],
)
def test_method_that_cannot_be_called_is_said_at_once(name, method, said, form):
    with pytest.raises(Misuse) as raised:
        offered(**{name: method})
    assert raised.value.text == f"Own.{name} cannot be called with {said}"
    assert raised.value.hint.startswith(f"define {form}")


def test_methods_may_be_of_any_kind():
    @functools.wraps(Gifs.connect)
    def wrapped(*arguments):
        return []

    kinds = {
        "create": staticmethod(lambda client, p: ""),
        "query": wrapped,
        "list": classmethod(lambda cls, client, p, size=10: []),
        "cancel": functools.partialmethod(asked),
        "wait": lambda *arguments: None,
    }
    assert set(offered(**kinds).roles) == set(kinds)


def test_abstract_adapter_is_named_with_what_it_lacks():
    base = abc.ABCMeta("Base", (Gifs,), {"create": abc.abstractmethod(lambda self, client, p: "")})

    with pytest.raises(Misuse, match="Own is abstract: it has no create"):
        offered(base)
    assert set(offered(base, create=asked).roles) == {"create"}


def test_adapter_that_wants_arguments_is_named():
    with pytest.raises(Misuse, match=r"Own\.__init__ wants arguments"):
        offered(__init__=lambda self, region: None)
    assert offered(__init__=lambda self, region="": None)


def test_error_that_is_not_defined_is_said(mockcloud):
    offer = offered(fails=OSError)

    with open_session(offer, mockcloud, Options()).open() as session:
        ending = session.ask("create", {})
        with pytest.raises(AdapterMistake) as raised:
            session.read_error(ending)
    assert "NotImplementedError: the adapter does not define it; it returns (code, HTTP" in str(raised.value)

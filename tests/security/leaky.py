"""A client that sends secrets where it can and puts them into everything that it raises."""

from __future__ import annotations

import http.client
from time import time
from uuid import uuid4

from mockcloud import providers
from mockcloud.check import Adapter
from mockcloud.providers import Sender
from tests.security.plants import CONTRACTS, SECRET_TEXT, urls

CREATE = CONTRACTS.service("jdcloud-mps").operations["createThumbnailTask"]


class Leaky(Adapter):
    """Asks for a thumbnail, and fails with all that it knows whatever the answer was."""

    service = "jdcloud-mps"
    refuses = ValueError
    fails = OSError

    def connect(self, cloud):
        return cloud

    def create(self, cloud, p):
        sender = Sender(cloud.endpoint, cloud.access_key_id, cloud.access_key_secret, time(), uuid4().hex)
        wire = providers.provider("jdcloud").compose(
            CREATE, {**p, "note": urls()["oss"], "password": SECRET_TEXT}, sender
        )
        connection = http.client.HTTPConnection(cloud.host, cloud.port, timeout=5)
        headers = {**dict(wire.headers), "Cookie": f"session={SECRET_TEXT}", "x-jdcloud-security-token": SECRET_TEXT}
        connection.request(wire.method, f"{wire.path}?token={SECRET_TEXT}", wire.body, headers)
        connection.getresponse().read()
        connection.close()
        everything = "\n".join([*urls().values(), f"password='{SECRET_TEXT}'", f'{{"Token": "{SECRET_TEXT}"}}'])
        raise RuntimeError(f"{everything}\nx-api-key: {SECRET_TEXT}\nAuthorization: Bearer {SECRET_TEXT}")

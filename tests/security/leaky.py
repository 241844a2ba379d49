"""A client that sends secrets where it can and puts them into everything that it raises."""

from __future__ import annotations

import http.client
from datetime import UTC, datetime
from time import time
from uuid import uuid4

from mockcloud import providers
from mockcloud.check import Adapter
from mockcloud.model import Wire
from mockcloud.providers import Sender
from mockcloud.providers.jdcloud.sign import sign
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
        given = {**p, "note": urls()["oss"], "password": SECRET_TEXT}
        sender = Sender(cloud.endpoint, cloud.access_key_id, self.secret(cloud), time(), uuid4().hex)
        plain = providers.provider("jdcloud").compose(CREATE, given, sender)
        secrets = (("Cookie", f"session={SECRET_TEXT}"), ("x-jdcloud-security-token", SECRET_TEXT))
        told = Wire("POST", plain.path, f"token={SECRET_TEXT}", (*plain.headers[:2], *secrets), plain.body)
        date = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        wire = sign(
            told, key_id=sender.key_id, secret=sender.secret, date=date, nonce=sender.nonce, region=sender.region
        )
        connection = http.client.HTTPConnection(cloud.host, cloud.port, timeout=5)
        connection.request(wire.method, f"{wire.path}?{wire.query}", wire.body, dict(wire.headers))
        connection.getresponse().read()
        connection.close()
        everything = "\n".join([*urls().values(), f"password='{SECRET_TEXT}'", f'{{"Token": "{SECRET_TEXT}"}}'])
        raise RuntimeError(f"{everything}\nx-api-key: {SECRET_TEXT}\nAuthorization: Bearer {SECRET_TEXT}")

    def secret(self, cloud):
        return cloud.access_key_secret


class Stranger(Leaky):
    """The same, and it is not let in."""

    def secret(self, cloud):
        return SECRET_TEXT

"""Tencent Cloud: API 3.0 on the wire, and its two generations of signatures."""

from .sign import credentials, verify
from .wire import claims, compose, decode, encode, new_request_id, open, refuse, unwrap  # noqa: A004 - see wire

__all__ = [
    "claims",
    "compose",
    "credentials",
    "decode",
    "encode",
    "new_request_id",
    "open",
    "refuse",
    "unwrap",
    "verify",
]

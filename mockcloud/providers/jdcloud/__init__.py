"""JD Cloud: JSON over REST behind one gateway, requests signed in either of two generations."""

from .sign import credentials, verify
from .wire import claims, compose, decode, encode, new_request_id, open, refuse, unwrap  # noqa: A004 - the Protocol's name

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

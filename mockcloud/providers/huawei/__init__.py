"""Huawei Cloud: JSON over REST behind the API gateway, requests signed or carrying a token; MPC and a little of IAM."""

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

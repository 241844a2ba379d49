"""Clients of tencent-vod: a correct one, buggy ones, the official one."""

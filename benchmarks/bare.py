"""The limit: aiohttp with nothing behind it. `python -m benchmarks.bare PORT application|server|reading`.

application  a router and json_response; server: the low-level web.Server; reading: the application, but it reads the
             body and parses it
The answers have the bodies of mockcloud's: the creation of a Huawei task, and the query of one.
"""

from __future__ import annotations

import sys

import orjson
from aiohttp import web

CREATED = {"task_id": "2500124"}
FOUND = {
    "total": 1,
    "tasks": [
        {
            "task_id": "2500124",
            "status": "SUCCEED",
            "create_time": "20251120103652",
            "start_time": "20251120103653",
            "end_time": "20251120103654",
            "description": "The task succeeds.",
            "input": {"bucket": "obs-apitest-01", "location": "cn-north-5", "object": "mp4/4k.mp4"},
            "output": {
                "bucket": "obs-apitest-01",
                "location": "cn-north-5",
                "object": "out_gamma/gif_file/",
                "file_name": "file_001.gif",
            },
            "output_param": {"format": "gif", "width": 100, "height": 50, "start": 0, "end": 10000, "frame_rate": 15},
        }
    ],
}
PATH = "/v1/{project_id}/animated-graphics"


async def create(request: web.Request) -> web.Response:
    return web.json_response(CREATED)


async def create_reading(request: web.Request) -> web.Response:
    orjson.loads(await request.read())
    return web.json_response(CREATED)


async def query(request: web.Request) -> web.Response:
    return web.json_response(FOUND)


async def serve_either(request: web.BaseRequest) -> web.Response:
    return web.json_response(CREATED if request.method == "POST" else FOUND)


async def _listen(port: int) -> None:
    import asyncio

    server = web.Server(serve_either, access_log=None)
    runner = web.ServerRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


def main(port: int, kind: str, loop: str) -> None:
    """Serve until ended."""
    import asyncio

    factory = None
    if loop == "uvloop":
        import uvloop

        factory = uvloop.new_event_loop
    if kind == "server":
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(_listen(port))
        return
    application = web.Application()
    application.router.add_post(PATH, create_reading if kind == "reading" else create)
    application.router.add_get(PATH, query)
    web.run_app(
        application,
        host="127.0.0.1",
        port=port,
        access_log=None,
        print=None,
        loop=factory() if factory else asyncio.new_event_loop(),
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "asyncio")

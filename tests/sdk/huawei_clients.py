"""The official clients of MPC, unmodified, the blocking and the asynchronous one behind one way of calling."""

from __future__ import annotations

from typing import Any

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkmpc import v1

FLAVOURS = ("sync", "async")

SOURCE = {"bucket": "obs-apitest-01", "location": "cn-north-5", "object": "mp4/4k.mp4"}
FOLDER = {"bucket": "obs-apitest-01", "location": "cn-north-5", "object": "out_gamma/gif_file/"}
GIF = {"format": "gif", "width": 100, "height": 50, "start": 0, "end": 10000, "frame_rate": 15}


class Mpc:
    """A client of one flavour. Attributes are the SDK's methods; they take the members of the SDK's request."""

    def __init__(
        self, cloud: Any, flavour: str = "sync", *, key: str = "", secret: str = "", project: Any = "", url: str = ""
    ) -> None:
        credentials = BasicCredentials(
            key or cloud.access_key_id,
            secret or cloud.access_key_secret,
            cloud.project_id if project == "" else project,
        )
        kind = v1.MpcAsyncClient if flavour == "async" else v1.MpcClient
        self.client = kind.new_builder().with_credentials(credentials).with_endpoint(url or cloud.url).build()
        self.is_async = flavour == "async"

    def __getattr__(self, name: str) -> Any:
        request_type = getattr(v1, "".join(part.capitalize() for part in name.split("_")) + "Request")

        def call(**members: Any) -> Any:
            request = request_type(**members)
            if self.is_async:
                return getattr(self.client, f"{name}_async")(request).result()
            return getattr(self.client, name)(request)

        return call

    def create(self, source: Any = SOURCE, output: Any = FOLDER, user_data: Any = None, **changes: Any) -> Any:
        """Create a GIF, the documented one but for the changes of its output_param."""
        body = v1.CreateAnimatedGraphicsTaskReq(
            input=v1.ObsObjInfo(**source),
            output=v1.ObsObjInfo(**output),
            user_data=user_data,
            output_param=v1.AnimatedGraphicsOutputParam(**{**GIF, **changes}),
        )
        return self.create_animated_graphics_task(body=body)

    def snapshots(self, para: Any, **members: Any) -> Any:
        """Create a snapshot task."""
        body = v1.CreateThumbReq(
            input=v1.ObsObjInfo(**SOURCE),
            output=v1.ObsObjInfo(**FOLDER),
            thumbnail_para=v1.ThumbnailPara(**para),
            **members,
        )
        return self.create_thumbnails_task(body=body)

    def show(self, task_id: str) -> Any:
        """One task."""
        (task,) = self.list_animated_graphics_task(task_id=[task_id]).tasks
        return task

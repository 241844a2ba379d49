"""A client with a mistake, for the example in the README. Makes GIFs of a part of a video, on Huawei Cloud MPC."""

import http.client
import json
import urllib.error
import urllib.request


class GifError(Exception):
    """MPC refused, or gave no answer that it documents."""

    def __init__(self, code, status=0, request_id=""):
        super().__init__(f"{code} (HTTP {status})")
        self.code, self.status, self.request_id = code, status, request_id


class GifClient:
    def __init__(self, endpoint, project_id, token, timeout=10.0):
        self.url = f"{endpoint}/v1/{project_id}/animated-graphics"
        self.headers = {"X-Auth-Token": token, "Content-Type": "application/json"}
        self.timeout = timeout

    def create(self, key, start_ms, end_ms):
        """Start a task for a video in the bucket `videos`; gives the task's id."""
        if start_ms is None or end_ms is None or not 0 <= start_ms <= end_ms < 2**31:
            raise ValueError("a start and an end after it are needed, in milliseconds")
        if (end_ms - start_ms) // 1000 > 60:
            raise ValueError("at most 60 seconds")
        place = {"bucket": "videos", "location": "cn-north-4"}
        gif = {"format": "gif", "width": 320, "height": 180, "start": start_ms, "end": end_ms}
        body = {"input": {**place, "object": key}, "output": {**place, "object": "gifs/"}, "output_param": gif}
        return self._post(body)["task_id"]

    def _post(self, body):
        request = urllib.request.Request(self.url, json.dumps(body).encode(), self.headers)
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:
                found = json.load(answer)
        except urllib.error.HTTPError as refusal:
            raise _error_of(refusal) from None
        except (OSError, http.client.HTTPException, ValueError) as problem:
            raise GifError(f"no answer: {problem}") from None
        if not isinstance(found, dict) or "task_id" not in found:
            raise GifError("no task_id in the answer")
        return found


def _error_of(refusal):
    try:
        code = json.load(refusal)["error_code"]
    except (OSError, ValueError, LookupError, TypeError):
        code = "not as documented"
    return GifError(code, refusal.status, refusal.headers.get("X-Request-Id", ""))

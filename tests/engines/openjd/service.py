"""The part of AWS Deadline Cloud's interface that a submitter meets, on loopback: what it is told it remembers, and nothing runs.

Requests come through botocore, which checks them against AWS's model of the service before it sends them.
"""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

NOW = "2026-11-25T01:00:00Z"
_BY = {"createdAt": NOW, "createdBy": "ann"}
_ROOT = r"/2023-10-12/farms/(?P<farm>[^/]+)/queues/(?P<queue>[^/]+)"


class Service:
    """See the module.

    Attributes:
        jobs: What was submitted: the bodies of the requests.
        tasks: The run status of each task of the last job.
        asked: Changes that were asked for, in order.
        refuses: What CreateJob is answered with instead, where that is said: a code and a message.
    """

    def __init__(self) -> None:
        self.jobs: list[dict[str, Any]] = []
        self.tasks: list[str] = []
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.refuses: tuple[str, str] | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = False  # So that it waits for those that answer when it closes.
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="deadline")
        self._thread.start()

    @property
    def environ(self) -> dict[str, str]:
        """How the AWS SDK finds it."""
        return {
            "AWS_ENDPOINT_URL_DEADLINE": f"http://127.0.0.1:{self._server.server_port}", "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true", "AWS_DEFAULT_REGION": "us-west-2", "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "canary", "DEADLINE_CLOUD_TELEMETRY_OPT_OUT": "true", "AWS_MAX_ATTEMPTS": "1",
        }  # fmt: skip

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Answers a request with a status and a body."""
        for one, pattern, answer in (
            ("POST", f"{_ROOT}/jobs", self._create), ("GET", _ROOT, self._queue), ("GET", f"{_ROOT}/environments", self._none),
            ("GET", f"{_ROOT}/jobs/job-[^/]+", self._job), ("GET", f"{_ROOT}/jobs/job-[^/]+/steps", self._steps),
            ("GET", f"{_ROOT}/jobs/job-[^/]+/steps/step-[^/]+/tasks", self._list_tasks),
            ("PATCH", f"{_ROOT}/jobs/job-[^/]+", self._update_job),
            ("PATCH", f"{_ROOT}/jobs/job-[^/]+/steps/step-[^/]+/tasks/task-[^/]+-(?P<task>\\d+)", self._update_task),
        ):  # fmt: skip
            found = re.fullmatch(pattern, path)
            if one == method and found:
                return answer(found.groupdict(), body)
        return 404, {"message": f"no such thing: {method} {path}", "resourceId": path, "resourceType": "job"}

    def _create(self, ids: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if self.refuses is not None:
            return (403 if "Denied" in self.refuses[0] else 503), {"message": self.refuses[1], "__type": self.refuses[0]}
        self.jobs.append({**ids, **body})
        span = json.loads(body["template"])["steps"][0]["parameterSpace"]["taskParameterDefinitions"][0]["range"]
        self.tasks = ["READY"] * (int(span.split("-")[-1]) + 1)
        return 201, {"jobId": "job-" + f"{len(self.jobs):032x}"}

    def _queue(self, ids: dict[str, str], _: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return 200, {
            "farmId": ids["farm"], "queueId": ids["queue"], "displayName": "comets", "status": "SCHEDULING",
            "defaultBudgetAction": "NONE", **_BY,
        }  # fmt: skip

    def _none(self, *_: Any) -> tuple[int, dict[str, Any]]:
        return 200, {"environments": []}

    def _job(self, *_: Any) -> tuple[int, dict[str, Any]]:
        about = {"jobId": f"job-{1:032x}", "name": "n", "lifecycleStatusMessage": "", "priority": 50, **_BY}
        return 200, {**about, "lifecycleStatus": "CREATE_COMPLETE"}

    def _steps(self, *_: Any) -> tuple[int, dict[str, Any]]:
        step = {"stepId": f"step-{1:032x}", "name": "farmfutures", "lifecycleStatus": "CREATE_COMPLETE", **_BY}
        return 200, {"steps": [{**step, "taskRunStatus": "READY", "taskRunStatusCounts": {}}]}

    def _list_tasks(self, *_: Any) -> tuple[int, dict[str, Any]]:
        return 200, {"tasks": [
            {"taskId": f"task-{1:032x}-{number}", "runStatus": status, "parameters": {"Chunk": {"int": str(number)}}, **_BY}
            for number, status in enumerate(self.tasks)
        ]}  # fmt: skip

    def _update_job(self, _: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked.append(("job", body))
        if "targetTaskRunStatus" in body:
            self.tasks = [body["targetTaskRunStatus"]] * len(self.tasks)
        return 200, {}

    def _update_task(self, ids: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked.append((ids["task"], body))
        self.tasks[int(ids["task"])] = body["targetRunStatus"]
        return 200, {}

    def close(self) -> None:
        """Closes it."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            status, answer = service.answer(self.command, self.path.partition("?")[0], body)
            data = json.dumps(answer).encode()
            self.send_response(status)
            if "__type" in answer:
                self.send_header("x-amzn-ErrorType", answer["__type"])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = _do

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    return Handler

"""Counters for /metrics: events, requests by route template, and their durations.

Labels are route templates, methods, statuses and event codes; none depends on a member. With
several workers the counters live in files that all of them share (PROMETHEUS_MULTIPROC_DIR, set by
`serve` before a worker starts). Outside the service nothing is counted.
"""

import os
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from prometheus_client import Counter, Histogram

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class _Meters(NamedTuple):
    events: "Counter"
    requests: "Counter"
    seconds: "Histogram"


def enabled() -> bool:
    """Whether this process is a worker of the service."""
    return "PROMETHEUS_MULTIPROC_DIR" in os.environ


_once = Lock()


def _meters() -> _Meters:
    """The meters of this process, made once, whichever of its threads comes first."""
    with _once:
        return _make_meters()


@cache
def _make_meters() -> _Meters:
    from prometheus_client import Counter, Histogram

    return _Meters(
        events=Counter("symbolon_events", "Events by code and outcome", ["event", "outcome"]),
        requests=Counter(
            "symbolon_requests", "Requests by route template", ["route", "method", "status"]
        ),
        seconds=Histogram(
            "symbolon_request_seconds",
            "Duration of requests",
            ["route"],
            buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
        ),
    )


def count_event(event: str, *, outcome: str) -> None:
    """Count one event of the log."""
    if enabled():
        _meters().events.labels(event, outcome).inc()


def count_request(*, route: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request; `route` is a template, never a path."""
    if enabled():
        meters = _meters()
        meters.requests.labels(route, method, str(status)).inc()
        meters.seconds.labels(route).observe(seconds)


def exposition() -> bytes:
    """All workers' counters in the text format of Prometheus; empty outside the service."""
    if not enabled():
        return b""
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)

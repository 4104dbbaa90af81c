"""Audits of bundles in memory, for the tests of the auditor."""

from io import BytesIO
from typing import Any

from client.audit import Beside, Check, Mark, Report, audit
from tests.community import Community
from tests.polling import PollInMemory


def audited(octets: bytes, *, community: Community, **how: Any) -> Report:
    """The report on a bundle of a community whose fingerprint is known."""
    fingerprint = community.metadata.community_id
    return audit(BytesIO(octets), fingerprint=fingerprint, **how)


def audited_poll(poll: PollInMemory, *, beside: Beside | None = None) -> Report:
    """The report on a poll as its community would publish it."""
    return audited(poll.bundle(), community=poll.community, beside=beside)


def failed(report: Report) -> dict[str, str]:
    """The reason of each check that failed, by its name."""
    return {check.name: check.reason for check in report.failures}


def line(report: Report, name: str) -> Check:
    """The line with this name."""
    check = report.check(name)
    assert check is not None, name
    return check


__all__ = ["Mark", "audited", "audited_poll", "failed", "line"]

"""Recounting a poll from its published bundle, offline: every signature, proof, seal and number.

What cannot be checked from the file is part of the report. Source: docs/protocol.md, "Polls".
"""

from client.audit.beside import Beside
from client.audit.report import NOBODY_CAN_CHECK, Check, Mark, Report
from client.audit.run import audit

__all__ = ["NOBODY_CAN_CHECK", "Beside", "Check", "Mark", "Report", "audit"]

"""Every error that fedtasks raises on purpose: its fields, its exit code, its hint.

An error carries data; `message` and `hint` word it once, and the faces (command line, MCP) only print them. An error
that a single subject raises stands with that subject, on a family from here.
"""

from __future__ import annotations

from fedtasks.errors.base import (
    AmbiguousId,
    Exit,
    FedtasksError,
    NoIdentity,
    NotAllowed,
    NotFound,
    OutOfReach,
    UsageError,
)
from fedtasks.errors.storage import (
    InvalidData,
    LockLost,
    NewerFormat,
    NoStore,
    StoreLocked,
)
from fedtasks.errors.workflow import (
    DependencyCycle,
    Held,
    InvalidTransition,
    LostClaim,
    NeedsApproval,
    UnmetDependencies,
)

__all__ = [
    "AmbiguousId",
    "DependencyCycle",
    "Exit",
    "FedtasksError",
    "Held",
    "InvalidData",
    "InvalidTransition",
    "LockLost",
    "LostClaim",
    "NeedsApproval",
    "NewerFormat",
    "NoIdentity",
    "NoStore",
    "NotAllowed",
    "NotFound",
    "OutOfReach",
    "StoreLocked",
    "UnmetDependencies",
    "UsageError",
]

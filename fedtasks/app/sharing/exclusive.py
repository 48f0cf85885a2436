"""Exclusive changes: published before they exist here, so that the remote's one branch decides between clones."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from fedtasks.app.change import Change
from fedtasks.app.session import Session
from fedtasks.app.writing import writing

Done = TypeVar("Done")
Decide = Callable[[Change], Done]


def exclusively(session: Session, decide: Decide[Done], *, offline: bool = False) -> Done:
    """Makes a change that only one of all clones can make; `decide` makes it, perhaps several times.

    | the store                  | what happens                                                                      |
    |----------------------------|-----------------------------------------------------------------------------------|
    | has no remote              | the lock alone decides                                                            |
    | has one                    | `decide` sees the remote's state and this clone's, merged; its change is pushed,  |
    |                            | and comes to this clone once the remote has taken it                              |
    | somebody pushed meanwhile  | the same again, at most `sync.retries` times; then OutOfReach, the store unchanged |
    | the remote is out of reach | OutOfReach, the store unchanged                                                   |
    | `offline`                  | the change is made here, tentatively; the next sync confirms or withdraws it      |

    What `decide` raises is raised; what was fetched is kept then, so that this clone knows what it lost to.
    """
    remote = session.remote
    if remote is None or offline:
        with writing(session) as change:
            change.confirmed = remote is None
            return decide(change)
    from fedtasks.app.sharing.publishing import publish

    return publish(session, remote, decide)

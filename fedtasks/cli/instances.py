"""`fedtasks instance`: the stores that this one delegates to."""

from __future__ import annotations

import click

from fedtasks.app.delegation import instances
from fedtasks.cli.base import Face, verb
from fedtasks.domain.instances import SCOPES, Instance
from fedtasks.views.text import safe, table


@click.group("instance")
def instance_command() -> None:
    """Instances: the other stores that tasks are delegated to."""


ADDING = """fedtasks instance add site --scope project --store /mnt/site/tasks --parent hq
fedtasks instance add hq --scope global --store git@example.org:hq.git"""


@verb("add", ADDING, group=instance_command, own_store=True)
@click.argument("name")
@click.option("--scope", type=click.Choice(SCOPES), required=True, help="How wide its work is.")
@click.option("--store", metavar="PATH|URL", required=True, help="Its directory or git URL; '.' is this one.")
@click.option("--branch", metavar="NAME", help="For a git URL: its branch (default: fedtasks).")
@click.option("--parent", metavar="NAME", help="The instance above it.")
def instance_add(face: Face, name: str, scope: str, store: str, branch: str | None, parent: str | None) -> None:
    """Adds a store to the settings, by a name."""
    made = instances.add_instance(face.session, Instance(name, scope, store, branch, parent))
    face.tell({"instance": made.to_json()}, [f"{made.name} is an instance ({made.scope}): {safe(_place(made))}"])


@verb("list", "fedtasks instance list", group=instance_command)
def instance_list(face: Face) -> None:
    """Lists the instances."""
    found = sorted(instances.instances_of(face.session).values(), key=lambda one: (SCOPES.index(one.scope), one.name))
    rows = [("NAME", "SCOPE", "PARENT", "STORE")]
    rows += [(safe(one.name), one.scope, safe(one.parent or "-"), safe(_place(one))) for one in found]
    payload = {"instances": [one.to_json() for one in found], "here": instances.name_of(face.session)}
    face.tell(payload, table(rows, face.columns) if found else ["no instances"])


@verb("remove", "fedtasks instance remove site", group=instance_command)
@click.argument("name")
def instance_remove(face: Face, name: str) -> None:
    """Takes a store out of the settings; the store itself stays as it is."""
    gone = instances.remove_instance(face.session, name)
    face.tell({"instance": gone.to_json()}, [f"{gone.name} is no instance any more"])


def _place(one: Instance) -> str:
    return "this store" if one.is_here else f"{one.store} ({one.branch})" if one.branch else one.store

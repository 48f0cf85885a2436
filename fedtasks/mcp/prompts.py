"""Prompts: how to work on the next task, and how to lead a plan."""

from __future__ import annotations

import mcp_types as types

from fedtasks.errors import UsageError

NEXT = """Work on the next task of this repository, one at a time, until none is left.

1. federation_claim_task without an id takes the best one{only}. Error nothing_ready: take over what its field
   expired names (id and takeover), else federation_inbox with wait 300, then try again. It is the end when all tasks of
   federation_task_board are done.
2. federation_get_task: read the description, the files, what was done before. Work in those files; federation_heartbeat
   every few minutes of long work; federation_comment asks its lead where it is unclear.
3. Commit with a conventional message that names the task in a trailer 'Task: ID'.
4. federation_update_task_status: done; where it needs approval, federation_review with verdict request.
   Blocked instead: status blocked with a reason, then take another.
   You must stop: federation_handoff_task, or status pending.
5. Between tasks federation_inbox: deal with what it says, the urgent first, then federation_ack.
"""

LEAD = """Lead the plan {plan}.

1. federation_parse_plan with dry_run, and without. You lead its tasks, unless its front matter names another
   ('lead: NAME' between two lines '---'). Mend the plan where its remarks say so, and parse it again.
2. federation_task_board with lead set to you: look for what is ready and unowned. Leave it to be claimed, or
   federation_assign_task to whom it fits. Set priorities in the plan.
3. Wait with federation_inbox. Help where a task is blocked, federation_review what is in_review; federation_ack what is
   settled.
4. Somebody is gone: federation_assign_task with assignee null frees the task for the next one; when the lease is over,
   anybody may take it with federation_claim_task and takeover.
5. All done: check that the work is merged and report: federation_task_board with the plan.
"""

PROMPTS = {
    "work_on_the_next_task": types.Prompt(
        name="work_on_the_next_task",
        title="Work on the next task",
        description="The loop of a worker: claim, read, work, commit, finish.",
        arguments=[types.PromptArgument(name="tag", description="Only tasks with this tag", required=False)],
    ),
    "lead_this_plan": types.Prompt(
        name="lead_this_plan",
        title="Lead this plan",
        description="The loop of a lead: parse, hand out, follow, unblock, report.",
        arguments=[types.PromptArgument(name="plan", description="Path of the plan", required=True)],
    ),
}


def prompt_text(name: str, given: dict[str, str]) -> str:
    """The words of a prompt; raises UsageError for an unknown name and a missing argument."""
    if name not in PROMPTS:
        raise UsageError(f"no prompt '{name[:100]}'", hint=f"there are: {', '.join(PROMPTS)}")
    if name == "lead_this_plan":
        if not given.get("plan"):
            raise UsageError("lead_this_plan needs the argument plan", hint="the path of a plan in the repository")
        return LEAD.format(plan=given["plan"][:500])
    tag = given.get("tag")
    return NEXT.format(only=f" with tag {tag[:100]!r}" if tag else "")

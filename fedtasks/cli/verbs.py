"""The table of verbs; the module of each is imported when it is called."""

VERBS = {
    "init": "store", "demo": "demo", "member": "members", "team": "teams", "permissions": "members",
    "check": "store", "doctor": "store", "completion": "store",
    "parse": "parse",
    "add": "tasks", "edit": "tasks", "tag": "tasks", "depend": "tasks", "lead": "tasks",
    "list": "look", "ready": "look", "board": "look", "show": "look", "history": "look",
    "claim": "work", "heartbeat": "work", "release": "work", "assign": "work", "start": "work", "block": "work",
    "unblock": "work", "done": "work", "cancel": "work", "reopen": "work", "status": "work",
    "track": "tracking", "tool": "tracking",
    "suggest": "fitting", "fallbacks": "fitting",
    "ask": "permits", "permit": "permits", "permits": "permits",
    "comment": "talk", "react": "talk", "resolve": "talk", "thread": "talk",
    "attempt": "attempts", "review": "reviews",
    "handoff": "handoff", "accept": "handoff", "decline": "handoff", "handoffs": "handoff",
    "instance": "instances",
    "delegate": "delegation", "delegation": "delegation", "chain": "delegation",
    "sync": "sync", "hooks": "hooks",
    "inbox": "inbox", "read": "inbox", "ack": "inbox", "follow": "inbox", "unfollow": "inbox",
    "overlaps": "overlaps", "notify": "notify",
    "archive": "archive", "unarchive": "archive", "compact": "compact",
    "prime": "agents", "next": "agents", "setup": "agents", "mcp": "mcp", "watch": "watch", "work": "agents",
    "upgrade": "upgrade",
    "merge-driver": "store",
}  # fmt: skip
"""Each verb and the module in fedtasks.cli that has it; the order is that of the help."""

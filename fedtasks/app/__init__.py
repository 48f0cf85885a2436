"""Use-cases, a folder a subject; the faces call these and nothing below.

| at the top         | what every use-case shares                                                   |
|--------------------|------------------------------------------------------------------------------|
| `context`          | clock, randomness, environment and place of one command                      |
| `finding` `opening`| which store, and its registry                                                |
| `identity` `roster`| who acts, among which members                                                |
| `session`          | one command's store, settings and actor, each loaded when it is asked for    |
| `change` `writing` | the one way to make events: `writing(session)`, `change_task(session, ...)`  |
| `consequences`     | what follows from a change                                                   |
"""

#!/bin/sh
# fedtasks hook 1: @NAME@
# Made by 'fedtasks hooks install'; 'fedtasks hooks uninstall' puts back what stood here (*.fedtasks-kept).
# It never fails git for want of fedtasks, and what can wait is done after git has gone on.
name=@NAME@
python=@PYTHON@
package=@PACKAGE@
shell=@SHELL@

case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
kept=$here/$name.fedtasks-kept
status=0
input=

# Sets $program: how fedtasks is called here, found again where the environment it was installed from has moved.
find_program() {
  program=
  if [ -x "$python" ] && [ -f "$package/__main__.py" ]; then
    program=python
    return 0
  fi
  for program in "${VIRTUAL_ENV:-.}/bin/fedtasks" .venv/bin/fedtasks venv/bin/fedtasks; do
    [ -x "$program" ] && return 0
  done
  program=$(command -v fedtasks)
}

fedtasks() {
  if [ "$program" = python ]; then "$python" -P -m fedtasks "$@"; else "$program" "$@"; fi
}

# A shell script that was here before sees its own old name in $0; what it finds beside itself is still there.
chain() {
  if [ -n "$shell" ]; then
    $shell -c 'kept=$1; shift; . "$kept"' "$here/$name" "$kept" "$@"
  else
    "$kept" "$@"
  fi
}

if [ -n "${FEDTASKS_PROBE-}" ]; then
  find_program && found=$(fedtasks --version 2>/dev/null </dev/null) || found=missing
  echo "$name $found" >>"$FEDTASKS_PROBE"
  exit 0
fi

case $name in post-rewrite | post-receive) input=$(cat) ;; esac
if [ -x "$kept" ]; then
  case $name in
    post-rewrite | post-receive) printf '%s\n' "$input" 2>/dev/null | chain "$@" ;;
    *) chain "$@" ;;
  esac
  status=$?
  case $name in post-*) ;; *) [ "$status" = 0 ] || exit "$status" ;; esac
fi

[ "${FEDTASKS_HOOKS-}" = off ] && exit "$status"
git_dir=${GIT_DIR:-.git}
if [ -f "$git_dir" ]; then
  IFS= read -r line <"$git_dir"
  git_dir=${line#gitdir: }
fi
common=$git_dir
if [ -f "$git_dir/commondir" ]; then
  IFS= read -r line <"$git_dir/commondir"
  case $line in /*) common=$line ;; *) common=$git_dir/$line ;; esac
fi
state=$common/fedtasks/hooks
if [ ! -d "$state" ] || [ -f fedtasks.yaml ]; then exit "$status"; fi

# Reads what was last computed for this person; fails where the store, the members or the settings are newer.
is_fresh() {
  {
    IFS= read -r version && IFS= read -r who && IFS= read -r store &&
      IFS= read -r actor && IFS= read -r guards && IFS= read -r tells
  } 2>/dev/null <"$state/summary" || return 1
  [ "$version" = 1 ] && [ "$who" = "${FEDTASKS_STORE-}|${FEDTASKS_ACTOR-}|${GIT_AUTHOR_EMAIL-}" ] || return 1
  for path in "$store/tasks" "$store/members" "$store/fedtasks.yaml" "$common/config" "${HOME:-/}/.gitconfig"; do
    [ "$path" -nt "$state/summary" ] && return 1
  done
  [ -d "$store/tasks" ]
}

# Sets $oid: the commit that is checked out.
read_head() {
  IFS= read -r oid <"$git_dir/HEAD" || return 1
  case $oid in
    "ref: "*) IFS= read -r oid <"$common/${oid#ref: }" || return 1 ;;
  esac
}

# Leaves word that there is something to look at; it stays until that is done, by whomever.
note() {
  oid=
  [ "$name" != post-commit ] || read_head 2>/dev/null || oid=
  echo "$oid ${FEDTASKS_ACTOR-}" >"$state/pending/$$-$name"
}

start() {
  find_program || return 0
  fedtasks hooks run "$name" --detached </dev/null >/dev/null 2>"$state/log" &
}

is_rebasing() {
  [ -d "$git_dir/rebase-merge" ] || [ -d "$git_dir/rebase-apply" ]
}

# Runs fedtasks while git waits; only 4 and 5 are its refusals, anything else means that it could not answer.
ask() {
  find_program || {
    echo "fedtasks: not found any more, so its $name hook did nothing; 'fedtasks hooks install' mends it" >&2
    return 0
  }
  said=$(fedtasks hooks run "$@" 2>&1 </dev/null)
  case $? in
    0) [ -z "$said" ] || printf '%s\n' "$said" >&2 ;;
    4 | 5) printf '%s\n' "$said" >&2; exit 1 ;;
    *) printf '%s\n' "fedtasks: the $name hook could not be run and was passed over; see: fedtasks hooks status" >&2 ;;
  esac
}

# Whether what is staged surely meets no file that somebody else's active task is editing.
is_clear() {
  is_fresh || return 1
  [ -n "$guards" ] || return 0
  staged=$(git -c core.quotePath=false diff-index --cached --name-only --no-renames HEAD -- 2>/dev/null) || return 1
  . "$state/guarded" 2>/dev/null || return 1
  set -f
  IFS='
'
  for path in $staged; do
    case $path in \"*) return 1 ;; esac
    fedtasks_guarded "$path" && return 1
  done
  return 0
}

# Whether nobody has to be told of this commit and no task is closed by it; then it is only remembered as seen.
is_quiet() {
  is_fresh && [ -z "$tells" ] || return 1
  for path in "$state"/pending/*; do [ -e "$path" ] && return 1; done
  while IFS= read -r line; do
    case $line in [Cc][Ll][Oo][Ss][Ee]* | [Ff][Ii][Xx]* | [Tt]ask:*) return 1 ;; esac
  done <"$git_dir/COMMIT_EDITMSG"
  read_head && echo "$oid" >>"$state/seen"
}

# The task in hand of who commits here, unless it has been finished or given back meanwhile.
in_hand() {
  task=
  hand=$git_dir/fedtasks/in-hand
  [ -d "$hand" ] || return 1
  if [ -n "${FEDTASKS_ACTOR-}" ]; then
    who=$FEDTASKS_ACTOR
  elif is_fresh; then
    who=$actor
  else
    for who in "$hand"/*; do who=${who##*/}; done
  fi
  IFS= read -r task 2>/dev/null <"$hand/$who" || return 1
  case $task in '' | *[!a-z0-9-]*) return 1 ;; esac
  [ -n "${store-}" ] || store=${common%/*}/.fedtasks
  [ -f "$store/tasks/$task.json" ] || return 0
  while IFS= read -r line; do
    case $line in
      *'"status": "in_progress"'* | *'"status": "blocked"'* | *'"status": "in_review"'*) return 0 ;;
      *'"status": '*) return 1 ;;
    esac
  done <"$store/tasks/$task.json"
}

case $name in
  pre-commit)
    if [ "${FEDTASKS_GUARD-}" = off ] || [ -f "$git_dir/MERGE_HEAD" ] || is_rebasing; then exit 0; fi
    is_clear || ask pre-commit
    ;;
  prepare-commit-msg)
    case ${2-} in merge | squash) exit 0 ;; esac
    in_hand || exit 0
    git interpret-trailers --in-place --if-exists doNothing --trailer "Task: $task" "$1" 2>/dev/null
    exit 0
    ;;
  commit-msg)
    only=
    while IFS= read -r line; do
      case $line in '#'* | '') ;; Task:\ *) only=yes ;; *) only=; break ;; esac
    done <"$1"
    if [ -n "$only" ]; then
      echo "fedtasks: the message is empty but for the task in hand, so nothing is committed" >&2
      exit 1
    fi
    [ ! -f "$state/strict" ] || ask commit-msg "$1"
    ;;
  pre-push)
    ask pre-push "$@"
    ;;
  post-commit)
    { is_rebasing && note; } || is_quiet 2>/dev/null || { note && start; }
    ;;
  post-rewrite)
    [ -z "$input" ] || printf '%s\n' "$input" >>"$state/rewritten"
    note && start
    ;;
  post-checkout)
    if [ "${3-}" = 0 ] || [ "${1-}" = "${2-}" ] || is_rebasing || [ -f "$git_dir/BISECT_LOG" ]; then exit "$status"; fi
    note && start
    ;;
  post-receive)
    printf '%s\n' "$input" | while read -r old new ref; do
      case $ref in @BRANCH@) ;; *) echo "$ref" ;; esac
    done | { read -r ref && note && start; }
    ;;
  *)
    note && start
    ;;
esac
exit "$status"

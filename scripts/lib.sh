# Shared by the other scripts; source it, do not run it.
# shellcheck shell=bash

set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
HOME="${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}"
CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/gsm-gateway-dev"
export HOME
export DEBIAN_FRONTEND=noninteractive

# One short line about what is being done.
say() { printf '» %s\n' "$*"; }

# What went wrong and what to do about it, one argument a line; ends the script.
die() {
    printf '✗ %s\n' "$1" >&2
    shift
    (($# == 0)) || printf '  %s\n' "$@" >&2
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# Runs a command quietly; shows what it printed only when it fails.
quietly() {
    local log status=0
    log="$(mktemp)"
    "$@" >"$log" 2>&1 || status=$?
    ((status == 0)) || tail -n 30 "$log" >&2
    rm -f "$log"
    return "$status"
}

# True where Debian packages can be installed without asking anybody.
can_apt() { have apt-get && [[ "$(id -u)" == 0 ]]; }

# Installs Debian packages; the package lists are fetched only when apt does not know one of them.
apt_install() {
    if ! apt-get install --simulate --no-install-recommends "$@" >/dev/null 2>&1; then
        quietly apt-get update || return 1
    fi
    quietly apt-get install --yes --no-install-recommends "$@"
}

# Makes one command available from Debian packages, or ends with how to get it.
# need_command <command> <what it is for> <package>...
need_command() {
    local command="$1" purpose="$2"
    shift 2
    if have "$command"; then return; fi
    can_apt || die "$command is missing ($purpose)." \
        "On Debian or Ubuntu: sudo apt-get install $*" \
        "Elsewhere: install it with your system's package manager, then run this again."
    say "$command: installing the Debian packages $*"
    apt_install "$@" || die "apt-get could not install $*; see its words above." \
        "Check the machine's package sources and its network, then run this again."
}

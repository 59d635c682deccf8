# Shared by the other scripts: source it, do not run it.
# shellcheck shell=bash

set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
HOME="${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}"
CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/gsm-gateway-dev"
NODE_PATH="$CACHE/node/node_modules"
export HOME NODE_PATH
export DEBIAN_FRONTEND=noninteractive

# One short line about what is being done.
say() { printf '» %s\n' "$*"; }

# What went wrong, then what to do about it, one argument a line; ends the script.
die() {
    printf '✗ %s\n' "$1" >&2
    shift
    (($# == 0)) || printf '  %s\n' "$@" >&2
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# Runs a command quietly; shows the end of what it printed only when it fails.
quietly() {
    local log status=0
    log="$(mktemp)"
    "$@" >"$log" 2>&1 </dev/null || status=$?
    ((status == 0)) || tail -n 30 "$log" >&2
    rm -f "$log"
    return "$status"
}

# True where Debian packages can be installed without asking anybody.
can_apt() { have apt-get && [[ "$(id -u)" == 0 ]]; }

# Installs Debian packages; the package lists are fetched only when apt cannot do without.
apt_install() {
    local apt=(apt-get install --yes --no-install-recommends)
    if "${apt[@]}" --simulate "$@" >/dev/null 2>&1 && "${apt[@]}" "$@" >/dev/null 2>&1 </dev/null; then
        return
    fi
    quietly apt-get update && quietly "${apt[@]}" "$@"
}

# need_packages <what for> <package>...: installs Debian packages, or ends with how to get them.
need_packages() {
    local purpose="$1"
    shift
    can_apt || die "Missing on this machine: $purpose." \
        "On Debian or Ubuntu: sudo apt-get install $*" \
        "Elsewhere: install it with your system's package manager, then run this again."
    say "$purpose: installing the Debian packages $*"
    apt_install "$@" || die "apt-get could not install $*; its words are above." \
        "Check the machine's package sources and its network, then run this again."
}

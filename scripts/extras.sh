# Programs that some tests need besides Python; sourced by scripts/setup.
# shellcheck shell=bash

NODE_PACKAGES=(smpp@0.5.1 asterisk-manager@0.2.0 yana@0.3.0)

# Chromium, as a system package: Playwright's own download is not used.
need_browser() {
    if ! have chromium; then need_packages "Chromium" chromium; fi
    say "browser: $(chromium --version 2>/dev/null | head -n 1)"
}

# The foreign SMPP and AMI programs, and the decoder that reads our packets.
need_outsiders() {
    have curl || need_packages "curl" curl
    perl -MNet::SMPP -e 1 2>/dev/null || need_packages "Perl's Net::SMPP" libnet-smpp-perl
    have tshark || need_packages "tshark" tshark
    have strace || need_packages "strace" strace
    { have bearerbox || [[ -x /usr/sbin/bearerbox ]]; } || need_packages "Kannel" kannel
    have node || need_packages "Node.js" nodejs
    have npm || need_packages "npm" npm
    need_node_packages
    say "outsiders: curl, Net::SMPP, tshark, strace, Kannel, node with ${NODE_PACKAGES[*]}"
}

# Node packages live in the cache folder; NODE_PATH (lib.sh) lets node find them from anywhere.
need_node_packages() {
    local stamp="$CACHE/node/packages"
    if [[ "$(cat "$stamp" 2>/dev/null)" == "${NODE_PACKAGES[*]}" ]]; then return; fi
    say "node: installing ${NODE_PACKAGES[*]}"
    mkdir -p "$CACHE/node"
    quietly npm install --prefix "$CACHE/node" --fetch-retries 1 --no-audit --no-fund --ignore-scripts "${NODE_PACKAGES[@]}" ||
        die "npm could not install ${NODE_PACKAGES[*]}; its words are above." \
            "Check npm's registry setting and the network, then run this again."
    echo "${NODE_PACKAGES[*]}" >"$stamp"
}

"""All readers of bytes from a box."""

from . import goip_targets, udp_targets, wire_targets, yeastar_targets

TARGETS = (
    *goip_targets.TARGETS,
    *udp_targets.TARGETS,
    *yeastar_targets.TARGETS,
    *wire_targets.TARGETS,
)

"""Stand-ins for hassfest and HACS, whose own checks need the network."""

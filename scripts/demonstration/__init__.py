"""A Home Assistant with two simulated boxes, ready to click; started by scripts/demo."""

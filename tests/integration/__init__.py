"""Tests of the Home Assistant half, against simulated boxes on loopback."""

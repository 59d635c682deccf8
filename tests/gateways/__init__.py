"""Tests of the boxes."""

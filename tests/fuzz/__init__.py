"""Everything that reads bytes from a box, given bytes that no box ever sent."""

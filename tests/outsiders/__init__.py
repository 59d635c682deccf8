"""Independent programs that use our simulators, and independent servers that our driver uses."""

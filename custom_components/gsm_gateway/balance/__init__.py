"""Reading money out of an operator's answer; knows nothing of Home Assistant."""

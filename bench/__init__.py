"""Measurements beside the peers and the machine's floor, as ratios from one run."""

"""``make demo``: the whole service, started for a moment, on a real conversation."""

"""Who speaks when, without names: turns of numbered voices."""

"""Every encoding, and how far off its times are."""

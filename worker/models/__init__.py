"""Model packs, and the networks in them. Call `runtime.prepare_torch` before importing a network."""

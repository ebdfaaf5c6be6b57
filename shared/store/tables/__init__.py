"""The tables by subject; ``shared.store.schema`` has them all."""

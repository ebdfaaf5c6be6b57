"""One webhook: what signs it, how it is posted, and when it is tried again."""

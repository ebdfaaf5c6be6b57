"""What the gateway and the workers both know: settings, domain types, errors, stores, queue, egress.

Knows no HTTP framework and no torch, and imports neither ``api`` nor ``worker``.
"""

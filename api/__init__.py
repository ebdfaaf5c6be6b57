"""The gateway: HTTP only. Never imports ``worker`` or torch."""

"""The service's processes by name, for a process manager, an image or a unit file to start."""

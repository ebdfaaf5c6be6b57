"""Starting Rollcall: set-up, the stack of one laptop, images for a fleet."""

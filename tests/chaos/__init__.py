"""Breaking things on purpose: real processes, real servers, and a table of what was lost (nothing)."""

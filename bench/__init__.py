"""Measurements: speed and accuracy, printed side by side and written to RESULTS.md."""

"""Voiceprints: making them from speech, and finding whose a voice is. Knows no store."""

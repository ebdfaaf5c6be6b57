"""The workers: the only place that imports torch and pyannote."""

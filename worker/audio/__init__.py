"""From bytes somebody sent to samples: 16 kHz, mono, float32. Nothing else in the worker meets a codec."""

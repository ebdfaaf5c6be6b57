"""Learning what is not in anybody's weights: the voice space, its calibration, and the speech head.

    python -m training --voices FOLDER

makes ``worker/models/embedded_voices.safetensors`` anew from recordings of many voices, one file each. Needed
only by whoever changes the networks or has better voices; the file in the repository is its output.
"""

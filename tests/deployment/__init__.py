"""What is under deploy/: images, compose, Kubernetes. What they say is held against what it starts."""

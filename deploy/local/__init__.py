"""The whole service on one machine: embedded Redis, gateway, workers and beat under one process manager."""

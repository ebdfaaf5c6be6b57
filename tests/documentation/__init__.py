"""The documentation: its reference is written from the code, its links lead somewhere, its commands run."""

"""Brings a fresh checkout to a working one, with nothing but the system's Python.

Only the standard library is imported here: this code runs before anything is installed.
"""

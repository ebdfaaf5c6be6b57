"""Generated requests against the running service, held to its own OpenAPI document.

``make fuzz`` runs some ten thousand of them, ``make test`` a few hundred.
"""

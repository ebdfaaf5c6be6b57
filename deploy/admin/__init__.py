"""What an operator does with tenants and keys: ``python -m deploy.admin``."""

"""Two hosts on one machine: the service with PostgreSQL, Redis and S3, and a cable that can be pulled."""

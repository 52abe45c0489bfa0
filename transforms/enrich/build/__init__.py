"""What makes the tables and models that are shipped; never imported at run time."""

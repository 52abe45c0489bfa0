"""What the deliveries of a run mean for what is stored."""

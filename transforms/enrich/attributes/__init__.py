"""What else an event has: status, date, place, casualties."""

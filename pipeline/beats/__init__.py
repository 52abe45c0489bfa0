"""The beat of a stream inside an engine: settle, plan, poll what is due, claim what is wanted."""

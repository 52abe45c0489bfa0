"""A bounded run: its inputs, the job from index to commit, its manifest."""

"""What generates the docs that follow from the code, and checks the rest."""

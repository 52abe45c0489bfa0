"""What people see: progress, tables, explanations; Arabic right to left."""

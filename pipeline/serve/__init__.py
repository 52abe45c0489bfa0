"""The page over the rows: what people look at, made of the SQL that it shows."""

"""The coding scheme: PLOVER types, modes and contexts, CAMEO codes, media topics, the codebook."""

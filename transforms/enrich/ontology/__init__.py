"""What the event coder knows of the world: the event ontology, actors and places.

``plover`` holds event types, modes, contexts, sectors, scores and CAMEO codes; ``entities`` finds
actors and places in normalised text. Every data file beside the code names its source and licence
in its header.
"""

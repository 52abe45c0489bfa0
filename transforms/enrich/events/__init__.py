"""Event mentions decided, merged and recorded; the fitted models stand beside."""

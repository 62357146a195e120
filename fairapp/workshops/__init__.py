"""Programme beside an event: workshops and who attended them."""

"""Files that people send, as photos of papers or of products: checked, written anew, kept."""

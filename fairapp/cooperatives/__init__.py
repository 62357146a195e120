"""The directory: who may exhibit."""

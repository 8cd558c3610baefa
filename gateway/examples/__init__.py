"""The examples of the API description."""

"""Request and response bodies of the payments API, a module per noun."""

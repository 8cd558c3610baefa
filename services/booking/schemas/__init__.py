"""Request and response bodies of the booking API, one module per noun. Instants are in UTC."""

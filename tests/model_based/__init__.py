"""Money that is right to the cent, tried by chance: a state machine drives booking and payments,
the real processes with their real PostgreSQL, RabbitMQ and Stripe sandbox, and a model beside them
says what each booking must have cost.

`machine.py` is what may happen, `booking_model.py` the model, `invariants.py` what must be true,
`stack_driver.py` the running stack.
"""

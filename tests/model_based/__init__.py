"""Money that is right to the cent, tried by chance: a state machine drives booking and payments,
the real processes with their real PostgreSQL, RabbitMQ and Stripe sandbox, and a model beside them
says what each booking must have cost.

`machine.py` is what may happen, `deal.py` the model, `verdict.py` what must be true, `driver.py` the running stack.
"""

"""Model-based tests that money is right to the cent: a state machine drives booking and payments,
as real processes with PostgreSQL, RabbitMQ and the Stripe sandbox, and a model computes what each
booking must have cost.

`machine.py` contains the possible actions, `booking_model.py` the model, `invariants.py` what must
be true, `stack_driver.py` the running stack.
"""

"""SQL: the open steps of the booking of `p`, a payment or payout, and whether there are any."""

OPEN_STEPS = """payments.operations as o
    where o.subject_id = p.booking_id and o.kind <> 'detach'
      and o.state in ('due', 'running', 'waiting')"""
HAS_OPEN_STEP = f"exists (select 1 from {OPEN_STEPS})"  # noqa: S608  # nosec B608 # names of ours

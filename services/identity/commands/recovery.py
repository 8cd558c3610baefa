"""Actions through links in mails: verifying and changing addresses, resetting passwords.

A link's token proves that its holder can read the mail, and nothing more. Neither responses nor
response times reveal whether an address has an account.
"""

from datetime import timedelta

from services.identity.commands.accounts import after_new_password, prove_password, user_event
from services.identity.commands.idempotency import is_first
from services.identity.commands.passwords import Passwords
from services.identity.commands.sessions import caller_for_update
from services.identity.commands.throttle import (
    count_mail,
    count_mail_to_new_address,
    count_reset,
)
from services.identity.domain.model import EmailToken, IdempotencyClaim, Purpose, User
from services.identity.domain.tokens import RESET_LIFE, VERIFICATION_LIFE
from services.identity.errors import EmailTaken, InvalidToken, WrongPassword
from services.identity.store.links import (
    count_email_tokens,
    insert_email_token,
    insert_reset_request,
    is_good,
    owner_for_update,
    take_reset_requests,
    use_email_token,
    void_email_tokens,
)
from services.identity.store.users import (
    is_free,
    lock_address,
    save_address,
    save_password,
    update_user,
    user_with_address_for_update,
)
from shared.auth import User as Caller
from shared.clock import now
from shared.db import Database, Transaction
from shared.events import (
    EmailChanged,
    EmailChangeRequested,
    EmailVerificationRequested,
    PasswordResetRequested,
    UserUpdated,
)
from shared.outbox import emit
from shared.problems import FieldError, ValidationFailed
from shared.telemetry import RequestContext, request_context
from shared.text import email_key

MAILS_AN_HOUR = 3
# Anybody can open many accounts, and enter a stranger's address in each.
MAILS_AN_HOUR_TO_NEW_ADDRESS = 6
BATCH = 50


async def send_verification(db: Transaction, caller: Caller) -> None:
    """Sends the verification mail again, unless the address is already verified. Raises
    Unauthenticated, and RateLimited from the fourth mail in an hour on.
    """
    user = await caller_for_update(db, caller)
    if user.email_verified:
        return
    await count_mail(db, user.id, "verification", MAILS_AN_HOUR)
    token = await insert_email_token(db, user, Purpose.VERIFY_EMAIL, user.email, VERIFICATION_LIFE)
    await emit(db, EmailVerificationRequested(user_id=user.id, email=user.email, token=token))


async def verify_email(db: Transaction, token: str) -> None:
    """Redeems a token from a mail: its address becomes the user's address, and is verified. Raises
    InvalidToken, and EmailTaken if another account has the address in the meantime.
    """
    user, found = await _used(db, token, Purpose.VERIFY_EMAIL, Purpose.CHANGE_EMAIL)
    if found.purpose is Purpose.CHANGE_EMAIL:
        await _change_email(db, user, found.email)
    elif email_key(found.email) != email_key(user.email):
        raise InvalidToken  # sent to an address that is no longer theirs
    elif not user.email_verified:
        verified = await update_user(db, user.id, email_verified=True)
        await emit(db, user_event(UserUpdated, verified))


async def _change_email(db: Transaction, user: User, email: str) -> None:
    await lock_address(db, email_key(email))
    if not await is_free(db, email_key(email), user.id):
        raise EmailTaken
    changed = await save_address(db, user.id, email)
    await void_email_tokens(db, user.id, Purpose.RESET_PASSWORD, Purpose.VERIFY_EMAIL)
    await emit(
        db,
        EmailChanged(user_id=user.id, old_email=user.email, new_email=email),
        user_event(UserUpdated, changed),
    )


async def request_email_change(
    database: Database,
    passwords: Passwords,
    caller: Caller,
    *,
    new_email: str,
    current_password: str,
    idempotency: IdempotencyClaim | None,
    limit: int,
) -> None:
    """Sends a link to the new address and a notice to the old one, which stays in use until the
    link is followed. Raises Unauthenticated, RateLimited, WrongPassword, ValidationFailed,
    IdempotencyKeyReused.
    """
    proven = await prove_password(database, passwords, caller, current_password, limit)
    async with database.transaction() as db:
        if not await is_first(db, idempotency, 202):
            return
        if proven is None:
            raise WrongPassword
        if email_key(new_email) == email_key(proven[0]):
            raise ValidationFailed([FieldError("new_email", "is your address already")])
        user = await caller_for_update(db, caller)
        await count_mail_to_new_address(
            db,
            user.id,
            new_email,
            limit=MAILS_AN_HOUR,
            limit_of_address=MAILS_AN_HOUR_TO_NEW_ADDRESS,
        )
        token = await insert_email_token(
            db, user, Purpose.CHANGE_EMAIL, new_email, VERIFICATION_LIFE
        )
        await emit(
            db,
            EmailChangeRequested(
                user_id=user.id, old_email=user.email, new_email=new_email, token=token
            ),
        )


async def request_password_reset(
    database: Database, *, email: str, address: str | None, limit: int
) -> None:
    """Stores the request, whether the address is known or not; `send_resets` looks it up. Raises
    RateLimited per client address.
    """
    await count_reset(database, address=address, limit=limit)
    async with database.transaction() as db:
        await insert_reset_request(db, email_key(email))


async def send_resets(database: Database) -> bool:
    """Job: emits a PasswordResetRequested for each requested address that has an open account, at
    most three an hour per address. Returns whether there are more.
    """
    async with database.transaction() as db:
        requests = await take_reset_requests(db, BATCH)
        for request in requests:
            restored = request_context.set(RequestContext(request_id=request.request_id))
            try:
                await _send_reset(db, request.email_key)
            finally:
                request_context.reset(restored)
    return len(requests) == BATCH


async def _send_reset(db: Transaction, key: str) -> None:
    user = await user_with_address_for_update(db, key)
    if user is None:
        return
    an_hour_ago = now() - timedelta(hours=1)
    sent = await count_email_tokens(db, user.id, Purpose.RESET_PASSWORD, since=an_hour_ago)
    if sent >= MAILS_AN_HOUR:
        return
    token = await insert_email_token(db, user, Purpose.RESET_PASSWORD, user.email, RESET_LIFE)
    await emit(db, PasswordResetRequested(user_id=user.id, email=user.email, token=token))


async def reset_password(
    database: Database, passwords: Passwords, *, token: str, new_password: str
) -> None:
    """Sets the password of the token's owner, and revokes all their sessions. Raises
    InvalidToken.
    """
    async with database.transaction() as db:  # checked first: hashing takes 250 ms
        if not await is_good(db, token, Purpose.RESET_PASSWORD):
            raise InvalidToken
    hashed = await passwords.hash(new_password)
    async with database.transaction() as db:
        user, found = await _used(db, token, Purpose.RESET_PASSWORD)
        if email_key(found.email) != email_key(user.email):
            raise InvalidToken
        await save_password(db, user.id, hashed)
        await after_new_password(db, user.id)


async def _used(db: Transaction, token: str, *purposes: Purpose) -> tuple[User, EmailToken]:
    """Redeems a token valid for one of these purposes; returns its owner, locked, and the token.
    Raises InvalidToken.
    """
    user = await owner_for_update(db, token)
    found = await use_email_token(db, token, *purposes) if user is not None else None
    if user is None or found is None:
        raise InvalidToken
    return user, found

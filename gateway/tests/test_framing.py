"""Whatever could be read in two ways is refused, in one form, and its connection ends."""

from __future__ import annotations

import json
import re

import pytest

from gateway.tests.conftest import GatewayHarness, Service

POST = b"POST /users/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
LENGTH = b"content-length: 5\r\n"
CODING = b"transfer-encoding: chunked\r\n"
CHUNKED = POST + CODING + b"\r\n"
GET = b"GET /config HTTP/1.1\r\nhost: x\r\n"

MALFORMED = {
    "a sign before a chunk's size": CHUNKED + b"+5\r\nhello\r\n0\r\n\r\n",
    "a minus before a chunk's size": CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n",
    "0x before a chunk's size": CHUNKED + b"0x5\r\nhello\r\n0\r\n\r\n",
    "a chunk's size beyond 64 bits": CHUNKED + b"F" * 20 + b"\r\nhello\r\n0\r\n\r\n",
    "a blank before a chunk's size": CHUNKED + b" 5\r\nhello\r\n0\r\n\r\n",
    "a chunk longer than it says": CHUNKED + b"5\r\nhelloXX0\r\n\r\n",
    "a chunk that ends in a bare LF": CHUNKED + b"5\nhello\r\n0\r\n\r\n",
    "two hosts": GET + b"host: y\r\n\r\n",
    "the same host twice": GET + b"host: x\r\n\r\n",
    "no host": b"GET /config HTTP/1.1\r\n\r\n",
    "a host with credentials": b"GET /config HTTP/1.1\r\nhost: a@b\r\n\r\n",
    "two authorizations": GET + b"authorization: Bearer a\r\nauthorization: Bearer b\r\n\r\n",
    "bare LF": b"GET /config HTTP/1.1\nhost: x\n\n",
    "bare LF in the head": b"GET /config HTTP/1.1\r\nhost: x\na: b\r\n\r\n",
    "bare CR": GET + b"a: b\rc\r\n\r\n",
    "NUL": GET + b"a: b\x00c\r\n\r\n",
    "a folded line": GET + b"a: b\r\n c\r\n\r\n",
    "a blank before the colon": b"GET /config HTTP/1.1\r\nhost : x\r\n\r\n",
    "a length and chunks": POST + LENGTH + CODING + b"\r\n0\r\n\r\n",
    "chunks and a length": POST + CODING + LENGTH + b"\r\n0\r\n\r\n",
    "two lengths": POST + b"content-length: 2\r\ncontent-length: 3\r\n\r\n{}x",
    "one length twice": POST + b"content-length: 2\r\ncontent-length: 2\r\n\r\n{}",
    "a sign before the length": POST + b"content-length: +2\r\n\r\n{}",
    "a list of lengths": POST + b"content-length: 2, 2\r\n\r\n{}",
    "another coding": POST + b"transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "a coding of another name": POST + b"transfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunks in HTTP/1.0": POST.replace(b"1.1", b"1.0") + CODING + b"\r\n0\r\n\r\n",
    "two content types": POST + b"content-type: text/plain\r\ncontent-length: 2\r\n\r\n{}",
    "another version": GET.replace(b"1.1", b"2.0") + b"\r\n",
    "no version": b"GET /config\r\n\r\n",
    "a target elsewhere": b"GET http://elsewhere/config HTTP/1.1\r\nhost: x\r\n\r\n",
    "a tunnel": b"CONNECT elsewhere:443 HTTP/1.1\r\nhost: elsewhere:443\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "no method": b"GE{T /config HTTP/1.1\r\nhost: x\r\n\r\n",
    "a blank line too many inside": b"GET /config HTTP/1.1\r\n\r\nhost: x\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=MALFORMED.keys())
async def test_wrong_framing_is_a_problem_and_the_end(
    gateway: GatewayHarness, service: Service, sent: bytes
) -> None:
    answer = await gateway.raw(sent)  # returns because the connection ends
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 "), answer
    assert b"content-type: application/problem+json" in head
    assert b"connection: close" in head
    problem = json.loads(body)
    assert problem["code"] == "validation_failed"
    assert problem["errors"]
    assert f"x-request-id: {problem['request_id']}".encode() in head
    assert not service.received


async def test_what_follows_malformed_bytes_is_not_read_as_a_request(
    gateway: GatewayHarness, service: Service
) -> None:
    smuggled = b"GET /consultants HTTP/1.1\r\nhost: x\r\n\r\n"
    answer = await gateway.raw(MALFORMED["a length and chunks"] + smuggled)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert not service.received


async def test_a_body_that_turns_out_malformed_ends_the_request_at_the_service(
    gateway: GatewayHarness, service: Service
) -> None:
    head = b"POST /webhooks/stripe HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
    whole = b"%x\r\n" % 100_000 + b"a" * 100_000 + b"\r\n"
    answer = await gateway.raw(head + whole + b"zz\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")


async def test_head_without_an_end_is_refused(gateway: GatewayHarness) -> None:
    answer = await gateway.raw(b"GET / HTTP/1.1\r\nhost: x\r\n" + b"a: b\r\n" * 30_000)
    assert answer.startswith(b"HTTP/1.1 431 ")


async def test_requests_that_come_early_are_answered_in_order(gateway: GatewayHarness) -> None:
    first = b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n"
    second = b"POST /config HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc"
    last = b"GET /config HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    answer = await gateway.raw(first + second + last)
    assert re.findall(rb"HTTP/1\.1 (\d+)", answer) == [b"200", b"405", b"200"]


async def test_old_clients_are_answered(gateway: GatewayHarness) -> None:
    answer = await gateway.raw(b"GET /health/live HTTP/1.0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close" in answer


async def test_target_in_absolute_form_names_the_same_host(gateway: GatewayHarness) -> None:
    answer = await gateway.raw(
        b"GET http://here:81/health/live?x=1 HTTP/1.1\r\nhost: here:81\r\nconnection: close\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 200 ")


async def test_body_is_asked_for_when_it_is_wanted(gateway: GatewayHarness) -> None:
    head = POST + b"content-length: 2\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n"
    answer = await gateway.raw(head, b"{}", pause=0.1)
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ")


async def test_unknown_method_gets_the_allowed_ones(gateway: GatewayHarness) -> None:
    answer = await gateway.raw(b"BREW /consultants HTTP/1.1\r\nhost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 405 ")
    assert b"allow: GET, HEAD, OPTIONS" in answer

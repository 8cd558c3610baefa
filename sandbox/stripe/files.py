"""Files: uploaded as multipart/form-data and referred to by a dispute's evidence. Only their
properties are stored, not their contents.
"""

from email import policy
from email.parser import BytesParser

from sandbox.stripe.call import Call, Routes
from sandbox.stripe.errors import invalid, refused
from sandbox.stripe.rows import Body

# File types by the first bytes, as Stripe detects them.
TYPES = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}
MAX_FILE_SIZE = 16 * 2**20
MAX_EVIDENCE_SIZE = 5 * 2**20
MAX_EVIDENCE_LENGTH = 150_000  # characters, of all texts together
EVIDENCE_FILES = (
    "cancellation_policy",
    "customer_communication",
    "customer_signature",
    "duplicate_charge_documentation",
    "receipt",
    "refund_policy",
    "service_documentation",
    "shipping_documentation",
    "uncategorized_file",
)


def parts(content_type: str, body: bytes) -> Body:
    """The fields of a multipart form; a file is {filename, size, type}. Raises 400."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = BytesParser(policy=policy.HTTP).parsebytes(head + body)
    found: Body = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes):
            raise invalid("Invalid multipart/form-data body")
        filename = part.get_filename()
        if filename is None:
            found[name] = content.decode(errors="strict")
        else:
            kind = next((TYPES[magic] for magic in TYPES if content.startswith(magic)), None)
            found[name] = {"filename": filename, "size": len(content), "type": kind}
    return found


def create(call: Call) -> Body:
    """Keeps an upload."""
    params = call.params
    upload, purpose = params["file"], params["purpose"]
    size = upload.get("size")
    if not isinstance(size, int) or not upload.get("filename"):
        raise invalid("Invalid file: it must be uploaded as multipart/form-data", None, "file")
    evidence = purpose == "dispute_evidence"
    if size == 0 or size > (MAX_EVIDENCE_SIZE if evidence else MAX_FILE_SIZE):
        raise refused("The file is empty, or larger than its purpose allows.", None, "file")
    if evidence and upload["type"] is None:
        raise refused(
            "Your file could not be processed: evidence must be a PDF, JPEG or PNG.", None, "file"
        )
    return call.new(
        "file",
        filename=upload["filename"],
        purpose=purpose,
        size=size,
        type=upload["type"],
        url=f"{call.origin}/v1/files/contents",
    )


def retrieve(call: Call, identity: str) -> Body:
    """Returns what a file is."""
    return call.get("file", identity)


def index(call: Call) -> Body:
    """Lists files, newest first."""
    return call.page("file", "/v1/files", purpose=call.params.get("purpose"))


def check_evidence(call: Call, evidence: Body) -> None:
    """Check that the files of a dispute's evidence were uploaded for that purpose. Raises 400."""
    for name in EVIDENCE_FILES:
        identity = evidence.get(name)
        if not identity:
            continue
        found = call.store.find(identity)
        if found is None or found["object"] != "file":
            raise refused(
                f"No such file upload: '{identity}'", "resource_missing", f"evidence[{name}]"
            )
        if found["purpose"] != "dispute_evidence":
            raise refused(
                f"The file {identity} was uploaded for the purpose {found['purpose']}, "
                "not dispute_evidence.",
                None,
                f"evidence[{name}]",
            )
    texts = (value for name, value in evidence.items() if name not in EVIDENCE_FILES)
    if sum(len(text) for text in texts) > MAX_EVIDENCE_LENGTH:
        raise refused(
            f"The combined length of all text evidence is over {MAX_EVIDENCE_LENGTH} characters.",
            None,
            "evidence",
        )


ROUTES: Routes = {
    ("POST", "/v1/files"): create,
    ("GET", "/v1/files"): index,
    ("GET", "/v1/files/{id}"): retrieve,
}

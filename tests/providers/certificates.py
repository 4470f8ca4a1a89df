"""A door with a certificate that nobody should trust, and what was said behind it."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_server

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def certificate(folder: Path, name: str, until: datetime) -> Path:
    """A self-signed one for ``name`` that ended at ``until``, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(until - timedelta(days=90))
        .not_valid_after(until)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    kind, form = serialization.PrivateFormat.PKCS8, serialization.Encoding.PEM
    path = folder / "door.pem"
    path.write_bytes(key.private_bytes(form, kind, plain) + made.public_bytes(form))
    return path


@contextmanager
def door(path: Path) -> Iterator[tuple[str, list[bytes]]]:
    """An address with that certificate, and what was read after a handshake."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    heard: list[bytes] = []

    def listen() -> None:
        with suppress(OSError):
            while True:
                plain, _ = listening.accept()
                with (
                    suppress(OSError),
                    context.wrap_socket(plain, server_side=True) as told,
                ):
                    heard.append(told.recv(4096))

    with create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=listen, daemon=True).start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}", heard

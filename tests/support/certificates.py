"""Certificates of a test authority, good ones and bad ones, made anew for every test run."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_Key = ec.EllipticCurvePrivateKey


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(*parts: x509.Certificate | _Key) -> bytes:
    pem = serialization.Encoding.PEM
    return b"".join(
        part.public_bytes(pem)
        if isinstance(part, x509.Certificate)
        else part.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        for part in parts
    )


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority in a directory."""

    folder: Path
    key: _Key
    certificate: x509.Certificate

    @classmethod
    def make(cls, folder: Path) -> Authority:
        """Make an authority; ``authority.pem`` in the folder is what a client must trust."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("rasd test authority")
        certificate = _sign(name, name, key, key, [], authority=True)
        (folder / "authority.pem").write_bytes(_pem(certificate))
        return cls(folder, key, certificate)

    @property
    def trust(self) -> str:
        """The file with the authority's certificate."""
        return str(self.folder / "authority.pem")

    def context(
        self, *hosts: str, expired: bool = False, self_signed: bool = False, tls10: bool = False
    ) -> ssl.SSLContext:
        """Make a server's TLS settings.

        Args:
            hosts: what the certificate is for (one label may be ``*``: ``*.news.test``).
            expired: it ended yesterday.
            self_signed: it is signed by nobody else.
            tls10: speak only TLS 1.0.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        issuer, signer = self.certificate.subject, self.key
        if self_signed:
            issuer, signer = _name(hosts[0]), key
        certificate = _sign(_name(hosts[0]), issuer, key, signer, list(hosts), expired=expired)
        path = self.folder / f"{certificate.serial_number}.pem"
        path.write_bytes(_pem(key, certificate))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        if tls10:
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1
        return context


def _sign(
    subject: x509.Name,
    issuer: x509.Name,
    key: _Key,
    signer: _Key,
    hosts: list[str],
    *,
    authority: bool = False,
    expired: bool = False,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=-1 if expired else 30))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if hosts:
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        builder = builder.add_extension(names, critical=False).add_extension(usage, critical=False)
    return builder.sign(signer, hashes.SHA256())

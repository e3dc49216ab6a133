"""Who we are at UnionPay and whom we believe there, checked at the start, before a payer stands there."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates

from adapters.payments.unionpay_signing import UNIONPAY_ITSELF, Chain, is_issued_by

GATEWAY_URL = "https://gateway.95516.com"
FILE_URL = "https://filedownload.95516.com"
KEY_BITS_MIN = 2048
MERCHANT_ID_LENGTH = 15


@dataclass(frozen=True, slots=True)
class SigningKey:
    """Our key at UnionPay, and the serial number of its certificate, as decimal text."""

    cert_id: str
    private: RSAPrivateKey = field(repr=False)

    @classmethod
    def from_pkcs12(cls, content: bytes, password: str) -> SigningKey:
        """Of the .pfx file that CFCA issued. Raises ValueError with the remedy."""
        try:
            private, certificate, _ = load_key_and_certificates(content, password.encode() or None)
        except (ValueError, UnsupportedAlgorithm):
            raise ValueError(
                "the UnionPay signing certificate cannot be opened; give the .pfx file from CFCA and its password"
            ) from None
        if certificate is None:
            raise ValueError(
                "the UnionPay .pfx file holds no certificate; export it again, key and certificate"
            )
        return cls(str(certificate.serial_number), _strong(private))

    @classmethod
    def from_pem(cls, pem: bytes, cert_id: str) -> SigningKey:
        """Of a key in PEM form. Raises ValueError with the remedy."""
        if not (cert_id.isascii() and cert_id.isdecimal()) or not int(cert_id):
            raise ValueError(
                f"UnionPay's certId is {cert_id!r}; give the certificate's serial number as a decimal number"
            )
        try:
            private = load_pem_private_key(pem, None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise ValueError(
                "the UnionPay signing key cannot be read; give it as unencrypted PEM, or give the .pfx file"
            ) from None
        return cls(cert_id, _strong(private))


@dataclass(frozen=True, slots=True)
class UnionPayAccount:
    """A merchant's contract with UnionPay. Raises ValueError with the remedy.

    `root_pem` and `middle_pem` are the files acp_prod_root.cer and acp_prod_middle.cer of UnionPay's
    development kit. `owner` is whose certificates count, and differs in UnionPay's test surroundings.
    """

    merchant_id: str
    key: SigningKey
    root_pem: bytes = field(repr=False)
    middle_pem: bytes = field(repr=False)
    gateway_url: str = GATEWAY_URL
    file_url: str = FILE_URL
    owner: str = UNIONPAY_ITSELF
    chain: Chain = field(init=False, repr=False)

    def __post_init__(self) -> None:
        number = self.merchant_id
        plain = number.isascii() and number.isalnum() and len(number) == MERCHANT_ID_LENGTH
        if not plain or len(set(number)) < 3:
            raise ValueError(
                f"the UnionPay merchant number is {number!r}; give the {MERCHANT_ID_LENGTH} characters of the contract"
            )
        if not self.owner:
            raise ValueError(
                "the owner of UnionPay's certificates is empty; leave it away to take UnionPay itself"
            )
        for url in (self.gateway_url, self.file_url):
            if urlsplit(url).scheme not in ("https", "http") or not urlsplit(url).hostname:
                raise ValueError(f"UnionPay's address is {url!r}; leave it away to take the real one")
        root, middle = _certificate(self.root_pem, "root"), _certificate(self.middle_pem, "middle")
        if not is_issued_by(root, root) or not is_issued_by(middle, root):
            raise ValueError(
                "UnionPay's middle certificate was not issued by its root certificate; "
                "give both files of one development kit, and do not exchange them"
            )
        object.__setattr__(self, "chain", Chain(root, middle, self.owner))


def _certificate(pem: bytes, which: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem)
    except ValueError:
        raise ValueError(
            f"UnionPay's {which} certificate cannot be read; give the PEM file acp_prod_{which}.cer"
        ) from None


def _strong(private: object) -> RSAPrivateKey:
    if not isinstance(private, RSAPrivateKey) or private.key_size < KEY_BITS_MIN:
        raise ValueError(
            f"the UnionPay signing key is no RSA key of {KEY_BITS_MIN} bits or more; get a new one"
        )
    return private

"""What makes an API server's certificate good: its signature, its dates and its name.

| asked for                                          | by kubectl | since Python 3.13 | here |
|----------------------------------------------------|------------|-------------------|------|
| signed by a CA of the file, in force, for the host | yes        | yes               | yes  |
| an intermediate CA in the file suffices            | yes        | yes               | yes  |
| extensions as RFC 5280 has them (`STRICT`)         | no         | yes               | no   |

The last is a matter of form: key identifiers, and what a CA's key may be used for. Many clusters'
certificates lack them (older ones of EKS and GKE, MicroK8s), and cannot be made anew by those who
install Taxiway; the same client that worked on Python 3.12 could not connect on 3.13. Sources:
`ssl.create_default_context` in Python's documentation, and kubernetes-client/python, issue 2394.
"""

import ssl

from kubernetes.client import ApiClient, Configuration


def trusting(made: Configuration) -> ApiClient:
    """The client of this configuration, which takes API servers' certificates as said above."""
    client = ApiClient(made)
    if made.verify_ssl:
        # The client has no word for it; its pool adds the CA and the client's certificate.
        client.rest_client.pool_manager.connection_pool_kw["ssl_context"] = _context(made)
    return client


def _context(made: Configuration) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # asks for a certificate, and for its name
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if not made.ssl_ca_cert and not made.ca_cert_data:
        context.load_default_certs()
    return context

"""Whom the API server believes to be this service: CAs, server certificates, and their exchange.

- `certificates`: X.509, made and read. Here alone is `cryptography`.
- `shown`: what a listener needs of a certificate, without it.
- `store`: what lies in the Secret, as data.
- `rotation`: what to do next, by what is stored, believed and served.
- `files`: how a private key is put on a disk.

The time is always an argument. Key pairs are chance, and nothing else is.
"""

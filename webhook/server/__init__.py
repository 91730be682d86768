"""The service around admission: two ports, certificates, logs, metrics, probes.

The admission port (HTTPS): `application` answers the six paths, `bodies` reads what is sent
within limits, `protocol` and `listener` fit uvicorn to the API server, `direct` passes by it where
a request is like the one before, `departures` says when answers leave, `tls` holds the certificate
and exchanges it, `certificates` makes ones for development.

The second port (plain HTTP, for people and probes): `monitoring` serves what `health` and `metrics`
know, `ops` what `denials` does, and `people` says who answers. `probe` asks the first port whether
it answers. `logs` writes lines of JSON.

`shadow` decides requests by a planned set too, once they are answered; `differences` counts what
it would do otherwise, `shadow_page`, `shadow_metrics` and `shadow_health` tell of it.
"""

# The service in an image: `make image BASE=…` builds it. BASE is any image with Python 3.11 or
# later; it is given by digest, since a tag is not the same tomorrow.
ARG BASE

# Packages are installed and compiled here; nothing of what that takes is in the image.
FROM ${BASE} AS build
WORKDIR /source
RUN python -m venv /opt/taxiway && python -m venv /opt/build
COPY requirements.lock requirements-build.lock ./
RUN /opt/taxiway/bin/pip install --no-cache-dir --require-hashes --only-binary=:all: --requirement requirements.lock
RUN /opt/build/bin/pip install --no-cache-dir --require-hashes --only-binary=:all: --requirement requirements-build.lock
COPY pyproject.toml README.md ./
COPY webhook webhook
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels .
# pip compiles what it installs, and goes: nothing can be installed later, nor written.
RUN /opt/taxiway/bin/pip install --no-deps --no-index /wheels/*.whl && /opt/taxiway/bin/pip uninstall --yes pip

FROM ${BASE}
COPY --from=build /opt/taxiway /opt/taxiway
ENV PATH=/opt/taxiway/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# By number: that it is not root can be checked without a look at its /etc/passwd.
USER 65532:65532
EXPOSE 8443 8080
ENTRYPOINT ["taxiway"]
CMD ["serve"]

"""Kubernetes' own words: the parts of a Pod and an AdmissionReview we read, and their meaning."""

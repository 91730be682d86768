"""Kubernetes' own words: the parts of a Pod and an AdmissionReview that we read, and what they mean."""

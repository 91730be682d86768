"""What is denied: one rule a file, each a function of the pod, its team and the policy set."""

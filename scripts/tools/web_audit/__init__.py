"""Audit of the built site as on a phone: Lighthouse, axe, weight over the wire."""

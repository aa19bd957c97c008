"""A workflow as HTML: cards of what flows, boxes that open in place into what happens inside, and wires between."""

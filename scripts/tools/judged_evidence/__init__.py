"""How often the sentence that answers a question is among the first that its draft quotes: judged questions."""

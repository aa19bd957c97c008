"""The mini editor: pairs from scenes, training, evaluation, export."""

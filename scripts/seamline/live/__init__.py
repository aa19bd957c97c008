"""The mini editor in the reader's own browser: exported, packed, and put into the site."""

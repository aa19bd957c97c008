"""Where the project lives, in a distribution's metadata: known where it is released, and typed nowhere."""

import os

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Addresses(MetadataHookInterface):
    """Fills `urls` from what a forge's runner says of the repository; leaves them out elsewhere."""

    def update(self, metadata: dict) -> None:
        server, repository = (os.environ.get(name, "") for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY"))
        if server and repository:
            home = f"{server}/{repository}"
            metadata["urls"] = {"Source": home, "Issues": f"{home}/issues", "Changelog": f"{home}/releases"}
        else:
            metadata["urls"] = {}

"""The measures that come with Seamline: every decorated function in these modules is one."""

"""The public API: everything the command line does with a project, as methods with typed results."""

from seamline.project.facade import Project
from seamline.project.results import BuildReport, CheckReport, RunReport, StatusReport, VerifyReport
from seamline.project.root_folder import find_project

__all__ = ["BuildReport", "CheckReport", "Project", "RunReport", "StatusReport", "VerifyReport", "find_project"]

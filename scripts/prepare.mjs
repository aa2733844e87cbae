// Installs and builds what is missing, for those who want nothing else: CI, and the static checks.
import { prepareWorkspace } from "./workspace.mjs";

prepareWorkspace();

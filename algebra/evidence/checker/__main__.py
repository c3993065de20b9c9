"""Run the checker from its folder: ``python -I checker FILE``."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

if __name__ == "__main__":
    # A folder that is run is no package, but its modules import each other as one: so it is loaded by its place.
    # Under -I `algebra` is not on the path, and importing it would need numpy, which a stranger may not have.
    folder = Path(__file__).parent
    spec = spec_from_file_location("checker", folder / "__init__.py", submodule_search_locations=[str(folder)])
    assert spec is not None
    assert spec.loader is not None
    checker = sys.modules["checker"] = module_from_spec(spec)
    spec.loader.exec_module(checker)
    sys.exit(checker.main(sys.argv[1:]))

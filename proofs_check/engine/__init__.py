"""One engine: a question asked of many instances, on many cores or machines, stored row by row, resumed at no loss.

A `Sweep` says what is asked (`engine.sweep`), `run_sweep` asks it (`engine.run`): here for five seconds at most, and
then in processes (`engine.workers`). Its loop (`engine.loop`) takes tasks from a queue (`engine.tasks`), has them
computed (`engine.dispatch`), and hands on what is found (`engine.results`). One process alone talks to the sweep and
writes to the `Store`.
"""

from algebra.lazy import lazy_face

__getattr__, __dir__, __all__ = lazy_face(__name__, __file__)

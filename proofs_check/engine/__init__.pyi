from proofs_check.engine.record import Record as Record
from proofs_check.engine.run import run_sweep as run_sweep
from proofs_check.engine.store import Store as Store
from proofs_check.engine.store_file import StoreError as StoreError
from proofs_check.engine.sweep import Failure as Failure
from proofs_check.engine.sweep import FamilySweep as FamilySweep
from proofs_check.engine.sweep import Sweep as Sweep
from proofs_check.engine.sweep import SweepReport as SweepReport

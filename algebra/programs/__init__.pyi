from algebra.programs.program import Program as Program
from algebra.programs.program import Step as Step

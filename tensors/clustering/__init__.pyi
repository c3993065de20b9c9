from tensors.clustering.model import SelfExpressiveModel as SelfExpressiveModel
from tensors.clustering.optimum import DegenerateOptimum as DegenerateOptimum
from tensors.clustering.optimum import DegeneratePoint as DegeneratePoint
from tensors.clustering.optimum import degenerate_optimum as degenerate_optimum

from algebra.critical_points import *
from algebra.nonlinear import *

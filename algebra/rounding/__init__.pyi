from algebra.rounding.ktanh_activations import activation as activation
from algebra.rounding.ktanh_activations import max_activation_error as max_activation_error
from algebra.rounding.ktanh_bfloat16 import bfloat16_value as bfloat16_value
from algebra.rounding.ktanh_bfloat16 import correctly_rounded_tanh as correctly_rounded_tanh
from algebra.rounding.ktanh_search import optimal_table as optimal_table
from algebra.rounding.ktanh_table import Entry as Entry
from algebra.rounding.ktanh_table import KTanhTable as KTanhTable
from algebra.rounding.ktanh_table import Layout as Layout

"""Deep linear networks and their critical points, exactly."""

from algebra.linear.classify import Classification, Verdict, classify
from algebra.linear.escape import Escape, escape
from algebra.linear.generation import GeneratedPoint, class_table, critical_point, critical_points
from algebra.linear.generation_class import CriticalClass
from algebra.linear.generation_classes import critical_classes
from algebra.linear.generation_data import data_with_singular_values
from algebra.linear.generation_samples import sampled_points
from algebra.linear.generation_structure import singular_structure
from algebra.linear.hessian import Inertia, conjectural_inertia, hessian, hessian_inertia, quadratic_form
from algebra.linear.nonlinear import FunctionSpaceCheck, check_function_space
from algebra.linear.nonlinear_activation import ScalarActivation
from algebra.linear.nonlinear_network import ReluLike
from algebra.linear.nonlinear_smooth import SmoothSpuriousMinimum, smooth_spurious_minimum
from algebra.linear.nonlinear_spurious import SpuriousMinimum, spurious_local_minimum
from algebra.linear.numeric import NumericClassification, classify_numeric
from algebra.linear.optimum import Enclosure, minimum_loss
from algebra.linear.polish import PolishedPoint, RoundedPoint, polish, rounded
from algebra.linear.problem import Problem
from algebra.linear.report import exact_result
from algebra.linear.spectra import Comparison, compare_spectra
from algebra.linear.theorem_check import TheoremCheck
from algebra.linear.theorems import published_theorems
from algebra.linear.varieties import (
    CriticalCount,
    Purity,
    critical_products,
    fibre_components,
    purity,
    variety_dimension,
)
from algebra.linear.varieties_degrees import generic_distance_degree, polar_degrees

__all__ = [
    "Classification",
    "Comparison",
    "CriticalClass",
    "CriticalCount",
    "Enclosure",
    "Escape",
    "FunctionSpaceCheck",
    "GeneratedPoint",
    "Inertia",
    "NumericClassification",
    "PolishedPoint",
    "Problem",
    "Purity",
    "ReluLike",
    "RoundedPoint",
    "ScalarActivation",
    "SmoothSpuriousMinimum",
    "SpuriousMinimum",
    "TheoremCheck",
    "Verdict",
    "check_function_space",
    "class_table",
    "classify",
    "classify_numeric",
    "compare_spectra",
    "conjectural_inertia",
    "critical_classes",
    "critical_point",
    "critical_points",
    "critical_products",
    "data_with_singular_values",
    "escape",
    "exact_result",
    "fibre_components",
    "generic_distance_degree",
    "hessian",
    "hessian_inertia",
    "minimum_loss",
    "polar_degrees",
    "polish",
    "published_theorems",
    "purity",
    "quadratic_form",
    "rounded",
    "sampled_points",
    "singular_structure",
    "smooth_spurious_minimum",
    "spurious_local_minimum",
    "variety_dimension",
]

"""Deep linear networks and their critical points, exactly.

A name is imported from its module when it is first used: a point is classified without what the varieties need.
"""

from typing import TYPE_CHECKING

from algebra.lazy import lazy_exports

if TYPE_CHECKING:
    from algebra.linear.classification import Classification, Verdict, classify
    from algebra.linear.escapes import Escape, escape
    from algebra.linear.generation import GeneratedPoint, class_table, critical_point, critical_points
    from algebra.linear.generation_class import CriticalClass
    from algebra.linear.generation_classes import critical_classes
    from algebra.linear.generation_data import data_with_singular_values
    from algebra.linear.generation_samples import sampled_points
    from algebra.linear.generation_structure import singular_structure
    from algebra.linear.nonlinear import FunctionSpaceCheck, check_function_space
    from algebra.linear.nonlinear_activation import ScalarActivation
    from algebra.linear.nonlinear_network import ReluLike
    from algebra.linear.nonlinear_smooth import SmoothSpuriousMinimum, smooth_spurious_minimum
    from algebra.linear.nonlinear_spurious import SpuriousMinimum, spurious_local_minimum
    from algebra.linear.numeric import NumericClassification, classify_numeric
    from algebra.linear.optimum import Enclosure, minimum_loss
    from algebra.linear.polishing import PolishedPoint, RoundedPoint, polish, rounded
    from algebra.linear.problem import Problem
    from algebra.linear.report import exact_result
    from algebra.linear.second_order import Inertia, conjectural_inertia, hessian, hessian_inertia, quadratic_form
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

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "classification": ("Classification", "Verdict", "classify"),
        "escapes": ("Escape", "escape"),
        "generation": ("GeneratedPoint", "class_table", "critical_point", "critical_points"),
        "generation_class": ("CriticalClass",),
        "generation_classes": ("critical_classes",),
        "generation_data": ("data_with_singular_values",),
        "generation_samples": ("sampled_points",),
        "generation_structure": ("singular_structure",),
        "second_order": ("Inertia", "conjectural_inertia", "hessian", "hessian_inertia", "quadratic_form"),
        "nonlinear": ("FunctionSpaceCheck", "check_function_space"),
        "nonlinear_activation": ("ScalarActivation",),
        "nonlinear_network": ("ReluLike",),
        "nonlinear_smooth": ("SmoothSpuriousMinimum", "smooth_spurious_minimum"),
        "nonlinear_spurious": ("SpuriousMinimum", "spurious_local_minimum"),
        "numeric": ("NumericClassification", "classify_numeric"),
        "optimum": ("Enclosure", "minimum_loss"),
        "polishing": ("PolishedPoint", "RoundedPoint", "polish", "rounded"),
        "problem": ("Problem",),
        "report": ("exact_result",),
        "spectra": ("Comparison", "compare_spectra"),
        "theorem_check": ("TheoremCheck",),
        "theorems": ("published_theorems",),
        "varieties": (
            "CriticalCount",
            "Purity",
            "critical_products",
            "fibre_components",
            "purity",
            "variety_dimension",
        ),
        "varieties_degrees": ("generic_distance_degree", "polar_degrees"),
    },
)

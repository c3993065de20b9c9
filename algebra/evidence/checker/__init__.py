"""The independent checker of certificates: the standard library alone, to be read as their specification.

    python -I checker FILE...        exit status 0: valid; 1: refused, and why; 2: not a certificate

A certificate claims ``lower <= dim V <= upper`` for the variety V (Zariski closure) of the functions of a network

    p(x) = W_h s_{h-1}( ... s_1(W_1 x + b_1) ... ) + b_h        (biases only where ``"biases": true``).

s_l is z -> z^{r_l} (``"degrees"``), or a quotient of polynomials with rational coefficients in ascending
order (``"activations"``), coordinate by coordinate. A ``"convolution"`` of filters k_l and strides t_l has one
output, no biases, and layers (w * x)_i = sum_j w_j x_{i t_l + j}; its input is as long as that output asks for.

**Random numbers.** ``words(key, stream, ...)`` in `generator` draws them: block i (four 64-bit big-endian words)
is the SHA-256 of ``"key/stream/i"``. Integer q of a stream joins its words q*word_size ... (q+1)*word_size-1,
the first most significant.

**Lower bound.** Parameters are numbered layer by layer, each W_l row by row, then b_l (of convolutions the
filters); parameter q is integer q of stream ``weights``. Sample t is the input x_t = integers t*d_0 ... of
stream ``points`` with the covector c_t = integers t*d_h ... of stream ``covectors``. The matrix
J[t, q] = d/d(parameter q) of c_t . p(x_t) modulo ``prime`` has a minor at (``rows``, ``columns``) that is not
zero. The minor is the residue of a value of a rational function of the parameters. So that function is not
zero, the Jacobian of the network's parameterisation has at least that rank over Q(W), and dim V is at least the
minor's size. This needs no primality: a modulus is good if every pivot of the elimination, and every
denominator, is a unit. The rule ``trivial`` claims 0. The rule ``block-networks`` brings a ``chain`` of statements,
parts before wholes: minors of small networks, of their activations and of their adjoints, and how dimensions of
block networks add up; see `blocks`. The rule ``structured-minor`` brings a minor for each output; see `structured`.
The rule ``convolution`` is a theorem; see `filters`.

**Upper bound.** A list of statements "the variety of this network has dimension at most ``value``", each by a
rule from the earlier statements that ``parts`` names; the last speaks of the claim's network. The rules are
the functions in `RULES`, each under its theorem. Some ask for a lower bound s of the span of the activations of
a layer l (with biases: and of the constant 1). It is 0 unless a minor is shown that is not zero: row i is
neuron i of layer l (the constant comes last), column t is sample t; weights and points are drawn for the
network d_0 ... d_l as above, from ``span_key``, with words of size 1.

A statement may also say that the monomials of degree ``t`` in the activations of the last of some layers (``widths``,
``degrees``) span at most ``value`` dimensions, by a theorem of `functions.SPANS`; whoever needs it names it among its
``parts``. Its linear forms are integers i*n ... of stream ``weights`` (of ``first`` and ``second``, for two layers);
point j of the space of label i takes the integers (i*points + j)*2n ... of stream ``points`` as the coefficients of the
space's basis in echelon form; row i*points + j is f(x) - f(y) there, a column a monomial f in lexicographic order.

Nothing that can be recomputed is believed, and whatever goes wrong is a refusal; unknown fields are refused, and so
is what would take more than some seconds and 400 MB (with ``--patient``: an hour and 8 GB), before the work: see
`limits`. Numbers are written in one way only, and a label names one object.

The modules in reading order: `generator`, `limits`, `labels`, `reading`, `minors`, `matrices`, `blocks`, `structured`,
`filters`, `hilbert`, `functions`, `symmetry`, `polynomial_counts`, `rules`, `contact`, `monomials`, `softmax`,
`factor_graphs`, `circuits`, `circuit_values`, `circuit_cuts`, `circuit_paths`, `circuit_subspaces`, `circuit_rules`,
`attention`, `attention_counts`, `attention_networks`, `attention_values`, `attention_upper`, `attention_lower`,
`separation`, `separation_stacks`, `separation_values`, `separation_bounds`, `separation_forms`, `clustering`,
`kernel_norms`, `kernel_spectra`, `kernel_learning`, `simple_graphs`, `graph_pairs`, `cones`, `graph_classes`,
`programs`, `programs_tape`, `programs_operations`, `programs_reading`, `programs_values`, `programs_intervals`,
`programs_signs`, `programs_monomials`, `programs_relations`, `programs_expansion`, `programs_fields`, `programs_parts`,
`programs_constants`, `programs_lower`, `programs_networks`, `programs_larger`, `programs_upper`, `programs_exact`,
`programs_given`, `claims`.
"""

from importlib import import_module

FACE = {
    "claims": ("FORMAT", "Report", "check", "check_file", "digest", "main", "parse", "read_bytes", "read_claim"),
    "generator": ("residues", "words"),
    "hilbert": ("double_points", "forms", "span_bound"),
    "minors": ("certified_span", "check_lower"),
    "limits": ("MOST_VALUE", "Refused"),
    "reading": ("Network", "label", "read_network"),
    "rules": ("RULES", "Bound", "check_upper"),
}


def __getattr__(name):
    """Take a public name from its module when it is first used: whoever needs a label need not load every rule."""
    for module, names in FACE.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"the checker has no {name}")

"""The tables of papers, computed anew beside the printed values.

A table is a file in `data`: title, source, notes, the name of a quantity (`proofs_check.printed.quantities`) and rows.
A cell whose column is an input of the quantity describes the row's object, one whose column is a field of the quantity
is a printed value, and any other is carried along. So another paper's table is another file; another kind of object is
another quantity.
"""

from proofs_check.printed.catalogue import PrintedTable, paper_tables, printed_table
from proofs_check.printed.comparison import Comparison, compare, paper_table

__all__ = ["Comparison", "PrintedTable", "compare", "paper_table", "paper_tables", "printed_table"]

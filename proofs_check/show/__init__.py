"""How results look: light text for terminals, tables for papers, pages."""

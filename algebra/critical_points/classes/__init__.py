"""The classes of critical points on given data, points in each of them, and the varieties that they make up."""

#!/usr/bin/env python3
"""SciPy's sparse matrix-vector product over a graph, on one core: what `tetraswarm bench --against scipy` compares its tick with.

The argument is a folder with `offsets` and `ends`, the graph's compressed sparse rows as 32-bit integers of this machine. Prints a JSON
object: SciPy's version, and the seconds of each repetition with weights and values in single and in double precision.
"""
import json
import os
import sys
import time

# SciPy's product has one thread whatever these say; NumPy's start-up has not.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy
import scipy
import scipy.sparse

WARM_UP, REPETITIONS = 2, 7


def main(folder):
    offsets = numpy.fromfile(os.path.join(folder, "offsets"), dtype=numpy.uint32).astype(numpy.int32)
    ends = numpy.fromfile(os.path.join(folder, "ends"), dtype=numpy.uint32).astype(numpy.int32)
    nodes = len(offsets) - 1
    degrees = numpy.diff(offsets)
    own = numpy.repeat(numpy.arange(nodes, dtype=numpy.int32), degrees)
    weights = 1.0 / (1.0 + numpy.maximum(degrees[own], degrees[ends]))
    result = {"scipy": scipy.__version__}
    for name, kind in (("float32", numpy.float32), ("float64", numpy.float64)):
        matrix = scipy.sparse.csr_matrix((weights.astype(kind), ends, offsets), shape=(nodes, nodes))
        values = (numpy.arange(nodes) % 16777216).astype(kind)
        seconds = []
        for _ in range(WARM_UP + REPETITIONS):
            start = time.perf_counter()
            matrix @ values
            seconds.append(time.perf_counter() - start)
        result[name] = seconds[WARM_UP:]
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1])

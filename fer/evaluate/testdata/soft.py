"""Writes soft.npz, a table of probabilities as NumPy saves it, and wrong ones, for TestProbabilities."""
import numpy as np

ids = np.array(["train/happy/Training_1", "é", "c"])
p = np.array([[0, 0, 0, 1, 0, 0, 0], [0.5, 0, 0, 0, 0, 0, 0.5], [0.125, 0.125, 0.25, 0.125, 0.125, 0.125, 0.125]])
np.savez("soft.npz", id=ids, probabilities=p)
np.savez_compressed("soft32.npz", id=ids, probabilities=p.astype(np.float32))
np.savez("short.npz", id=ids, probabilities=p[:2])
np.savez("whole.npz", id=ids, probabilities=(p * 8).astype(int))
np.savez("fortran.npz", id=ids, probabilities=np.asfortranarray(p))
np.savez("sum.npz", id=ids, probabilities=p * 2)
np.savez("noid.npz", probabilities=p)

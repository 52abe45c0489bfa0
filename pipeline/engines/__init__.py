"""The engines a run can go through: one module each, opened by the name of Beam's runner."""

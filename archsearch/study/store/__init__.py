"""The storage of a study: one database with Optuna's tables and the claims on trainings."""

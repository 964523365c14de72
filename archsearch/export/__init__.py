"""A trained net for other programs: ONNX, weights, plain PyTorch, or its spec."""

from archsearch.export.run import FORMATS, ExportedRun, Format, export_run

__all__ = ["FORMATS", "ExportedRun", "Format", "export_run"]

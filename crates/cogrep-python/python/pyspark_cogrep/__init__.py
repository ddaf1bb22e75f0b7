"""Where Spark finds `spark.read.format("cogrep")`: it looks into packages with such a name."""

from cogrep.spark import CogrepDataSource as DefaultSource

__all__ = ["DefaultSource"]

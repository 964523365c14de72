"""The kernels, as makers of LLVM IR; only what compiles them imports this, as llvmlite is heavy."""

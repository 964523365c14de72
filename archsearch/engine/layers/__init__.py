"""What each layer of the language is, in tensors, terms and maps of rows and columns."""

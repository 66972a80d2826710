"""How fast is it, beside what people use today? One run, ratios, peak memory; nothing here is a test."""

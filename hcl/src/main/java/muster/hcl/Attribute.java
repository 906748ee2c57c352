package muster.hcl;

/** {@code name = expression} in a body. */
public record Attribute(String name, Expression expression, SourceRange nameRange, SourceRange range) {}

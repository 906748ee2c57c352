package muster.registry.client;

/** An answer's value and the index it came with. */
public record Indexed<T>(T value, long index) {}

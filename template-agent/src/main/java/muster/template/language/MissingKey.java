package muster.template.language;

/** What {@code .name} gives on a map that has no such key (Go's option {@code missingkey}). */
public enum MissingKey {
    /** No value; prints {@code <no value>}, and fields of it are again no value. */
    DEFAULT,
    /** The zero value of the map's element type. */
    ZERO,
    /** An error. */
    ERROR
}

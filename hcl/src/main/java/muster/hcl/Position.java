package muster.hcl;

/**
 * A place in a source file.
 *
 * @param line from 1
 * @param column from 1, in user-perceived characters
 * @param offset from 0, in bytes of UTF-8
 */
public record Position(int line, int column, int offset) {
    /** The first character of a file. */
    public static final Position START = new Position(1, 1, 0);
}

package muster.hcl;

/**
 * The stretch of a file from {@code start} (inclusive) to {@code end} (exclusive).
 * Its text form is HCL's: {@code file:L,C1-C2}, or {@code file:L1,C1-L2,C2} over several lines.
 */
public record SourceRange(String file, Position start, Position end) {
    /** From the start of {@code first} to the end of {@code last}, both of one file. */
    public static SourceRange between(SourceRange first, SourceRange last) {
        return new SourceRange(first.file, first.start, last.end);
    }

    /** The empty range at the beginning of a file. */
    public static SourceRange startOf(String file) {
        return new SourceRange(file, Position.START, Position.START);
    }

    /** The range of a value that stands in no file, such as one from a flag; HCL prints it as {@code :0,0-0}. */
    public static SourceRange nowhere() {
        Position zero = new Position(0, 0, 0);
        return new SourceRange("", zero, zero);
    }

    /** The empty range right after this one. */
    public SourceRange after() {
        return new SourceRange(file, end, end);
    }

    @Override
    public String toString() {
        String from = file + ":" + start.line() + "," + start.column() + "-";
        return start.line() == end.line() ? from + end.column() : from + end.line() + "," + end.column();
    }
}

package muster.template.language;

/** What encloses actions. An empty one stands for Go's own. */
public record Delimiters(String left, String right) {
    public static final Delimiters DEFAULT = new Delimiters("{{", "}}");

    public Delimiters {
        left = left.isEmpty() ? "{{" : left;
        right = right.isEmpty() ? "}}" : right;
    }
}

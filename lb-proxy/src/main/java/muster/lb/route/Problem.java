package muster.lb.route;

/**
 * Something in the input that could not be used; everything else was.
 *
 * @param where the tag, line, key or instance, as its owner knows it
 * @param text what is wrong and what would be right
 */
public record Problem(String where, String text) {
    @Override
    public String toString() {
        return where + ": " + text;
    }
}

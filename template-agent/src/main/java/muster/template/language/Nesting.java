package muster.template.language;

/** How deep a parser is in control structures and parentheses, together; keeps its stack bounded. Owned by one parser. */
final class Nesting {
    private static final int MAX_DEPTH = 500;

    private final Tokens tokens;
    private int depth;

    Nesting(Tokens tokens) {
        this.tokens = tokens;
    }

    /** One deeper. @param tooDeep the error's text */
    void enter(String tooDeep) {
        if (++depth > MAX_DEPTH) {
            throw tokens.error(tooDeep);
        }
    }

    void leave() {
        depth--;
    }
}

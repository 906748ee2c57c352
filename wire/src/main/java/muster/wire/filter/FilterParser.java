package muster.wire.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads an expression. {@code or} binds loosest, then {@code and}, then {@code not}. Both {@code VALUE in SELECTOR} and
 * {@code SELECTOR contains VALUE} ask the same. Error positions are line:column (offset), as the original's.
 */
final class FilterParser {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_TERMS = 512;
    private static final String BLANKS = "[ \\t\\r\\n]";
    private static final String WORD_END = "\".\", \"[\", " + BLANKS + ", [a-zA-Z0-9_] or EOF";

    private final String text;
    private int at;
    private int depth;
    private int terms;

    FilterParser(String text) {
        this.text = text;
    }

    /** A selector or literal on the left or right of an operator. */
    private record Term(List<String> selector, String literal) {}

    static Expression parse(String text) {
        FilterParser parser = new FilterParser(text);
        parser.blanks();
        Expression expression = parser.or();
        parser.blanks();
        if (parser.at < text.length()) {
            throw parser.expected("\"and\", \"or\", " + BLANKS + " or EOF");
        }
        return expression;
    }

    private Expression or() {
        Expression left = and();
        while (keyword("or")) {
            left = new Expression.Or(left, and());
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (keyword("and")) {
            left = new Expression.And(left, not());
        }
        return left;
    }

    private Expression not() {
        if (++depth > MAX_DEPTH) {
            throw new FilterException("expression is nested deeper than " + MAX_DEPTH + " levels");
        }
        try {
            if (keyword("not")) {
                return new Expression.Not(not());
            }
            blanks();
            if (take("(")) {
                Expression inner = or();
                blanks();
                if (!take(")")) {
                    throw expected("\")\", \"and\" or \"or\"");
                }
                return inner;
            }
            return match();
        } finally {
            depth--;
        }
    }

    private Expression match() {
        if (++terms > MAX_TERMS) {
            throw new FilterException("expression has more than " + MAX_TERMS + " comparisons");
        }
        Term left = term();
        Optional<Expression.Operator> infix = infix();
        if (infix.isPresent()) {
            return new Expression.Match(selector(left), infix.get(), literal(term()));
        }
        if (keyword("contains")) {
            return new Expression.Match(selector(left), Expression.Operator.IN, literal(term()));
        }
        if (keyword("in")) {
            return new Expression.Match(selector(term()), Expression.Operator.IN, literal(left));
        }
        if (keyword("is")) {
            boolean denied = keyword("not");
            if (!keyword("empty")) {
                throw expected("\"empty\" or \"not\"");
            }
            return new Expression.Match(selector(left),
                    denied ? Expression.Operator.IS_NOT_EMPTY : Expression.Operator.IS_EMPTY, "");
        }
        if (keyword("not")) {
            if (keyword("in")) {
                return new Expression.Match(selector(term()), Expression.Operator.NOT_IN, literal(left));
            }
            if (keyword("contains")) {
                return new Expression.Match(selector(left), Expression.Operator.NOT_IN, literal(term()));
            }
            if (keyword("matches")) {
                return new Expression.Match(selector(left), Expression.Operator.NOT_MATCHES, literal(term()));
            }
            throw expected("\"in\", \"contains\" or \"matches\"");
        }
        throw expected("\"!=\", \"==\", \"contains\", \"in\", \"is\", \"matches\", \"not\" or " + BLANKS);
    }

    private Optional<Expression.Operator> infix() {
        blanks();
        if (take("==")) {
            return Optional.of(Expression.Operator.EQUAL);
        }
        if (take("!=")) {
            return Optional.of(Expression.Operator.NOT_EQUAL);
        }
        return keyword("matches") ? Optional.of(Expression.Operator.MATCHES) : Optional.empty();
    }

    private List<String> selector(Term term) {
        if (term.selector().isEmpty()) {
            throw expected("a selector");
        }
        return term.selector();
    }

    private static String literal(Term term) {
        return term.literal();
    }

    private Term term() {
        blanks();
        if (at >= text.length()) {
            throw expected("\"(\", \"-\", \"0\", \"\\\"\", \"`\", [1-9] or [a-zA-Z]");
        }
        char c = text.charAt(at);
        if (c == '"' || c == '`') {
            return new Term(List.of(), quoted(c));
        }
        if (c == '-' || c >= '0' && c <= '9') {
            return new Term(List.of(), number());
        }
        if (isLetter(c)) {
            int start = at;
            List<String> path = path();
            return new Term(path, text.substring(start, at));
        }
        throw expected("\"(\", \"-\", \"0\", \"\\\"\", \"`\", [1-9] or [a-zA-Z]");
    }

    private List<String> path() {
        List<String> path = new ArrayList<>();
        path.add(word());
        while (at < text.length()) {
            if (text.charAt(at) == '.') {
                at++;
                if (at >= text.length() || !isWordPart(text.charAt(at))) {
                    throw expected("[a-zA-Z0-9_]");
                }
                path.add(word());
            } else if (text.charAt(at) == '[') {
                at++;
                if (at >= text.length() || text.charAt(at) != '"' && text.charAt(at) != '`') {
                    throw expected("\"\\\"\" or \"`\"");
                }
                path.add(quoted(text.charAt(at)));
                if (!take("]")) {
                    throw expected("\"]\"");
                }
            } else if (isBlank(text.charAt(at)) || ")=!".indexOf(text.charAt(at)) >= 0) {
                break;
            } else {
                throw expected(WORD_END);
            }
        }
        return path;
    }

    private String word() {
        int start = at;
        while (at < text.length() && isWordPart(text.charAt(at))) {
            at++;
        }
        return text.substring(start, at);
    }

    private String number() {
        int start = at;
        take("-");
        while (at < text.length() && (text.charAt(at) >= '0' && text.charAt(at) <= '9' || text.charAt(at) == '.')) {
            at++;
        }
        if (at < text.length() && !isBlank(text.charAt(at)) && text.charAt(at) != ')') {
            throw expected("\".\", [0-9], " + BLANKS + " or EOF");
        }
        return text.substring(start, at);
    }

    private String quoted(char quote) {
        at++;
        StringBuilder value = new StringBuilder();
        while (at < text.length() && text.charAt(at) != quote) {
            char c = text.charAt(at++);
            if (c == '\\' && quote == '"' && at < text.length()) {
                char escaped = text.charAt(at++);
                value.append(switch (escaped) {
                    case 'n' -> "\n";
                    case 't' -> "\t";
                    case 'r' -> "\r";
                    case '"', '\\' -> String.valueOf(escaped);
                    default -> "\\" + escaped;
                });
            } else {
                value.append(c);
            }
        }
        if (at >= text.length()) {
            throw expected("\"" + (quote == '"' ? "\\\"" : "`") + "\"");
        }
        at++;
        return value.toString();
    }

    private boolean keyword(String word) {
        int start = at;
        blanks();
        int end = at + word.length();
        if (text.startsWith(word, at)
                && (end == text.length() || !isWordPart(text.charAt(end)) && text.charAt(end) != '.')) {
            at = end;
            return true;
        }
        at = start;
        return false;
    }

    private boolean take(String symbol) {
        if (text.startsWith(symbol, at)) {
            at += symbol.length();
            return true;
        }
        return false;
    }

    private void blanks() {
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
    }

    private FilterException expected(String what) {
        String before = text.substring(0, at);
        int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        int column = at - (before.lastIndexOf('\n') + 1) + 1;
        return new FilterException(line + ":" + column + " (" + at + "): no match found, expected: " + what);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    private static boolean isWordPart(char c) {
        return isLetter(c) || c >= '0' && c <= '9' || c == '_';
    }
}

package muster.lb.middleware;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * A condition over measured values (Traefik: "CircuitBreaker", "Buffering"): comparisons of calls with numbers, {@code &&}, {@code ||},
 * parentheses. {@code C} is what it is asked about.
 */
final class Expression<C> {
    private static final int MAX_DEPTH = 50;
    private static final List<String> COMPARISONS = List.of("==", "!=", ">=", "<=", ">", "<");

    private final String text;
    private final Map<String, Call<C>> calls;
    private int at;
    private int depth;

    private Expression(String text, Map<String, Call<C>> calls) {
        this.text = text;
        this.calls = calls;
    }

    /** What a name means for its arguments; throws {@link IllegalArgumentException} for wrong ones. */
    interface Call<C> {
        ToDoubleFunction<C> with(List<Double> arguments);
    }

    /** The condition read. */
    interface Condition<C> {
        boolean holds(C subject);
    }

    /** Reads it; throws {@link IllegalArgumentException} that says where it is wrong. */
    static <C> Condition<C> parse(String text, Map<String, Call<C>> calls) {
        Expression<C> reader = new Expression<>(text, calls);
        Condition<C> condition = reader.or();
        if (reader.at < text.length()) {
            throw reader.wrong("&& or ||");
        }
        return condition;
    }

    private Condition<C> or() {
        Condition<C> left = and();
        while (take("||")) {
            Condition<C> first = left;
            Condition<C> second = and();
            left = subject -> first.holds(subject) || second.holds(subject);
        }
        return left;
    }

    private Condition<C> and() {
        Condition<C> left = unary();
        while (take("&&")) {
            Condition<C> first = left;
            Condition<C> second = unary();
            left = subject -> first.holds(subject) && second.holds(subject);
        }
        return left;
    }

    private Condition<C> unary() {
        if (++depth > MAX_DEPTH) {
            throw new IllegalArgumentException("the expression is nested more than " + MAX_DEPTH + " deep");
        }
        Condition<C> condition;
        if (take("(")) {
            condition = or();
            expect(")");
        } else {
            condition = comparison();
        }
        depth--;
        return condition;
    }

    private Condition<C> comparison() {
        ToDoubleFunction<C> left = operand();
        for (String sign : COMPARISONS) {
            if (take(sign)) {
                ToDoubleFunction<C> right = operand();
                return subject -> compare(sign, left.applyAsDouble(subject), right.applyAsDouble(subject));
            }
        }
        throw wrong("a comparison such as >");
    }

    private static boolean compare(String sign, double left, double right) {
        return switch (sign) {
            case "==" -> left == right;
            case "!=" -> left != right;
            case ">=" -> left >= right;
            case "<=" -> left <= right;
            case ">" -> left > right;
            default -> left < right;
        };
    }

    private ToDoubleFunction<C> operand() {
        blanks();
        int start = at;
        while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '.' || at == start && text.charAt(at) == '-')) {
            at++;
        }
        String word = text.substring(start, at);
        blanks();
        if (word.isEmpty()) {
            throw wrong("a number or a function such as " + calls.keySet().stream().sorted().findFirst().orElse(""));
        }
        if (!Character.isLetter(word.charAt(0))) {
            double number = number(word);
            return subject -> number;
        }
        Call<C> call = calls.get(word);
        if (call == null) {
            throw new IllegalArgumentException("unsupported function: " + word + " in " + text);
        }
        expect("(");
        List<Double> arguments = new ArrayList<>();
        if (!take(")")) {
            do {
                blanks();
                int from = at;
                while (at < text.length() && ",) \t".indexOf(text.charAt(at)) < 0) {
                    at++;
                }
                arguments.add(number(text.substring(from, at)));
            } while (take(","));
            expect(")");
        }
        return call.with(List.copyOf(arguments));
    }

    private double number(String word) {
        try {
            return Double.parseDouble(word);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + word + "\" is no number in " + text, e);
        }
    }

    private boolean take(String token) {
        blanks();
        if (text.startsWith(token, at)) {
            at += token.length();
            blanks();
            return true;
        }
        return false;
    }

    private void expect(String token) {
        if (!take(token)) {
            throw wrong("\"" + token + "\"");
        }
    }

    private void blanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private IllegalArgumentException wrong(String expected) {
        return new IllegalArgumentException("at character " + (at + 1) + " of " + text + " "
                + (at < text.length() ? "there is '" + text.charAt(at) + "'" : "it ends") + ", expected " + expected);
    }

    /** The number of arguments; throws {@link IllegalArgumentException} that names the function. */
    static void count(String function, List<Double> arguments, int expected) {
        if (arguments.size() != expected) {
            throw new IllegalArgumentException(function + " takes " + expected + " numbers, not " + arguments.size());
        }
    }
}

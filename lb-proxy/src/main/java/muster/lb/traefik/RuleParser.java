package muster.lb.traefik;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads rules and constraints: calls with values in backticks or double quotes, {@code !} before {@code &&} before {@code ||},
 * parentheses. One use, one thread.
 */
final class RuleParser {
    private static final int MAX_DEPTH = 100;

    private final String text;
    private int at;
    private int depth;

    private RuleParser(String text) {
        this.text = text;
    }

    /** The rule's tree; throws {@link IllegalArgumentException} naming what is wrong and where. */
    static RuleNode parse(String text) {
        RuleParser parser = new RuleParser(text);
        RuleNode node = parser.or();
        parser.blanks();
        if (parser.at < text.length()) {
            throw parser.wrong("an operator, && or ||");
        }
        return node;
    }

    private RuleNode or() {
        RuleNode node = and();
        while (take("||")) {
            node = new RuleNode.Or(node, and());
        }
        return node;
    }

    private RuleNode and() {
        RuleNode node = unary();
        while (take("&&")) {
            node = new RuleNode.And(node, unary());
        }
        return node;
    }

    private RuleNode unary() {
        if (++depth > MAX_DEPTH) {
            throw new IllegalArgumentException("error while parsing rule: it is nested more than " + MAX_DEPTH + " deep");
        }
        RuleNode node;
        if (take("!")) {
            node = new RuleNode.Not(unary());
        } else if (take("(")) {
            node = or();
            expect(")");
        } else {
            node = call();
        }
        depth--;
        return node;
    }

    private RuleNode call() {
        blanks();
        int start = at;
        while (at < text.length() && Character.isLetterOrDigit(text.charAt(at))) {
            at++;
        }
        if (start == at) {
            throw wrong("a matcher such as Host(`example.org`)");
        }
        String name = text.substring(start, at);
        expect("(");
        List<String> arguments = new ArrayList<>();
        if (!take(")")) {
            do {
                arguments.add(value());
            } while (take(","));
            expect(")");
        }
        return new RuleNode.Call(name, List.copyOf(arguments));
    }

    private String value() {
        blanks();
        char quote = at < text.length() ? text.charAt(at) : 0;
        if (quote != '`' && quote != '"') {
            throw wrong("a value in backticks or double quotes");
        }
        StringBuilder value = new StringBuilder();
        for (at++; at < text.length() && text.charAt(at) != quote; at++) {
            if (quote == '"' && text.charAt(at) == '\\' && at + 1 < text.length()) {
                at++;
            }
            value.append(text.charAt(at));
        }
        if (at >= text.length()) {
            throw wrong("the closing quote");
        }
        at++;
        return value.toString();
    }

    private boolean take(String token) {
        blanks();
        if (text.startsWith(token, at)) {
            at += token.length();
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
        return new IllegalArgumentException("error while parsing rule " + text + ": at character " + (at + 1) + " "
                + (at < text.length() ? "there is '" + text.charAt(at) + "'" : "the rule ends") + ", expected " + expected);
    }
}

package muster.lb.traefik;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The rule of routers that have none: a text with actions of Go's template language. Actions are pipelines of {@code .Name},
 * {@code index .Labels "key"}, texts, and the usual functions for texts, and conditions of them. Pure.
 */
record DefaultRule(String template) {
    private static final Set<String> FUNCTIONS = Set.of("normalize", "lower", "upper", "title", "trim", "trimSuffix", "trimPrefix", "replace",
            "default", "printf", "print", "index", "quote", "substr", "trunc", "nospace", "coalesce", "eq", "ne", "and", "or", "not", "contains",
            "hasPrefix", "hasSuffix", "ternary");

    /** Traefik's own. */
    static final DefaultRule TRAEFIK = new DefaultRule("Host(`{{ normalize .Name }}`)");

    /** Tries the template; throws {@link IllegalArgumentException} for actions it can't do. */
    DefaultRule {
        expand(template, "x", Map.of());
    }

    /** The rule of a service. */
    String of(String service, Map<String, String> labels) {
        return expand(template, service, labels);
    }

    /** Letters and digits, everything between them as one dash. */
    static String normalize(String name) {
        return name.replaceAll("[^\\p{L}\\p{N}]+", "-").replaceAll("^-|-$", "");
    }

    private static String expand(String template, String name, Map<String, String> labels) {
        Block block = new Block(tokens(template), name, labels);
        String text = block.read(true);
        if (block.at < block.tokens.size()) {
            throw new IllegalArgumentException("\"{{" + block.tokens.get(block.at).text() + "}}\" has no if before it");
        }
        return text;
    }

    /** Text, or what stands between braces. */
    private record Token(boolean isAction, String text) {}

    private static List<Token> tokens(String template) {
        List<Token> tokens = new ArrayList<>();
        int at = 0;
        boolean isTrimmed = false;
        for (int open = template.indexOf("{{"); open >= 0; open = template.indexOf("{{", at)) {
            int close = template.indexOf("}}", open);
            if (close < 0) {
                throw new IllegalArgumentException("at character " + (open + 1) + " an action begins that is not closed");
            }
            String action = template.substring(open + 2, close);
            String before = isTrimmed ? template.substring(at, open).stripLeading() : template.substring(at, open);
            tokens.add(new Token(false, action.startsWith("- ") ? before.stripTrailing() : before));
            isTrimmed = action.endsWith(" -");
            tokens.add(new Token(true, action.replaceFirst("^- ", "").replaceFirst(" -$", "").strip()));
            at = close + 2;
        }
        String rest = template.substring(at);
        tokens.add(new Token(false, isTrimmed ? rest.stripLeading() : rest));
        return tokens;
    }

    /** What follows up to the end of a condition. Both sides of one are read, so that a mistake shows whichever is taken. */
    private static final class Block {
        private static final int MAX_DEPTH = 20;

        private final List<Token> tokens;
        private final String name;
        private final Map<String, String> labels;
        private int at;
        private int depth;

        Block(List<Token> tokens, String name, Map<String, String> labels) {
            this.tokens = tokens;
            this.name = name;
            this.labels = labels;
        }

        String read(boolean isTaken) {
            if (++depth > MAX_DEPTH) {
                throw new IllegalArgumentException("its conditions are nested more than " + MAX_DEPTH + " deep");
            }
            StringBuilder out = new StringBuilder();
            for (; at < tokens.size() && !isEnd(tokens.get(at)); at++) {
                Token token = tokens.get(at);
                String text = !token.isAction() ? token.text()
                        : token.text().startsWith("if ") ? condition(isTaken)
                        : pipeline(token.text(), name, labels);
                out.append(isTaken ? text : "");
            }
            depth--;
            return out.toString();
        }

        private static boolean isEnd(Token token) {
            return token.isAction() && (token.text().equals("end") || token.text().equals("else") || token.text().startsWith("else if "));
        }

        /** Stands at the if, and at its end afterwards. */
        private String condition(boolean isTaken) {
            boolean isLeft = isTaken;
            StringBuilder out = new StringBuilder();
            String action = tokens.get(at).text();
            while (!action.equals("end")) {
                boolean holds = action.equals("else") || isTrue(pipeline(action.replaceFirst("^(else )?if ", ""), name, labels));
                at++;
                out.append(read(isLeft && holds));
                isLeft &= !holds;
                if (at >= tokens.size()) {
                    throw new IllegalArgumentException("an if has no {{end}}");
                }
                action = tokens.get(at).text();
            }
            return out.toString();
        }
    }

    private static boolean isTrue(String value) {
        return !value.isEmpty() && !value.equals("false") && !value.equals("0");
    }

    private static String pipeline(String action, String name, Map<String, String> labels) {
        Optional<String> value = Optional.empty();
        for (List<String> command : commands(action)) {
            value = Optional.of(command(command, value, name, labels, action));
        }
        return value.orElseThrow(() -> new IllegalArgumentException("\"{{" + action + "}}\" is empty"));
    }

    private static String command(List<String> words, Optional<String> piped, String name, Map<String, String> labels, String action) {
        String function = words.isEmpty() ? "" : words.getFirst();
        if (!FUNCTIONS.contains(function)) {
            if (words.size() == 1 && piped.isEmpty()) {
                return operand(function, name, labels, action);
            }
            throw new IllegalArgumentException("function \"" + function + "\" not defined in \"{{" + action + "}}\": "
                    + String.join(", ", FUNCTIONS.stream().sorted().toList()) + " are");
        }
        if (function.equals("index") && words.size() == 3 && words.get(1).equals(".Labels")) {
            return labels.getOrDefault(operand(words.get(2), name, labels, action), "");
        }
        List<String> arguments = new ArrayList<>(words.stream().skip(1).map(word -> operand(word, name, labels, action)).toList());
        piped.ifPresent(arguments::add);
        try {
            return call(function, arguments);
        } catch (IndexOutOfBoundsException | NumberFormatException | java.util.NoSuchElementException e) {
            throw new IllegalArgumentException("\"{{" + action + "}}\" has not the arguments that " + function + " needs", e);
        }
    }

    private static String call(String function, List<String> a) {
        return switch (function) {
            case "normalize" -> normalize(a.get(0));
            case "lower" -> a.get(0).toLowerCase(Locale.ROOT);
            case "upper" -> a.get(0).toUpperCase(Locale.ROOT);
            case "title" -> a.get(0).isEmpty() ? "" : a.get(0).substring(0, 1).toUpperCase(Locale.ROOT) + a.get(0).substring(1);
            case "trim" -> a.get(0).strip();
            case "trimSuffix" -> a.get(1).endsWith(a.get(0)) ? a.get(1).substring(0, a.get(1).length() - a.get(0).length()) : a.get(1);
            case "trimPrefix" -> a.get(1).startsWith(a.get(0)) ? a.get(1).substring(a.get(0).length()) : a.get(1);
            case "replace" -> a.get(2).replace(a.get(0), a.get(1));
            case "default" -> a.get(1).isEmpty() ? a.get(0) : a.get(1);
            case "coalesce" -> a.stream().filter(text -> !text.isEmpty()).findFirst().orElse("");
            case "printf" -> printed(a);
            case "print" -> String.join("", a);
            case "quote" -> "\"" + a.get(0) + "\"";
            case "substr" -> a.get(2).substring(Math.min(Integer.parseInt(a.get(0)), a.get(2).length()),
                    Math.min(Integer.parseInt(a.get(1)), a.get(2).length()));
            case "trunc" -> a.get(1).substring(0, Math.min(Integer.parseInt(a.get(0)), a.get(1).length()));
            case "eq" -> "" + a.subList(1, a.size()).contains(a.get(0));
            case "ne" -> "" + !a.get(0).equals(a.get(1));
            case "and" -> a.stream().filter(text -> !isTrue(text)).findFirst().orElse(a.getLast());
            case "or" -> a.stream().filter(DefaultRule::isTrue).findFirst().orElse(a.getLast());
            case "not" -> "" + !isTrue(a.get(0));
            case "contains" -> "" + a.get(1).contains(a.get(0));
            case "hasPrefix" -> "" + a.get(1).startsWith(a.get(0));
            case "hasSuffix" -> "" + a.get(1).endsWith(a.get(0));
            case "ternary" -> isTrue(a.get(2)) ? a.get(0) : a.get(1);
            case "nospace" -> a.get(0).replace(" ", "");
            default -> throw new IllegalArgumentException("wrong number of args for " + function);
        };
    }

    private static String printed(List<String> a) {
        String text = a.get(0);
        for (String value : a.subList(1, a.size())) {
            text = text.replaceFirst("%[sv]", java.util.regex.Matcher.quoteReplacement(value));
        }
        return text;
    }

    private static String operand(String word, String name, Map<String, String> labels, String action) {
        if (word.equals(".Name")) {
            return name;
        }
        if (word.startsWith("\"") || word.startsWith("`")) {
            return word.substring(1);
        }
        if (word.matches("-?[0-9]{1,9}|true|false")) {
            return word;
        }
        if (word.startsWith("(")) {
            return pipeline(word.substring(1), name, labels);
        }
        throw new IllegalArgumentException("\"" + word + "\" in \"{{" + action + "}}\" is not known: .Name, index .Labels \"KEY\" and texts are");
    }

    /** The commands of a pipeline, each as words; texts keep their opening quote, parentheses their opening one. */
    private static List<List<String>> commands(String action) {
        List<List<String>> commands = new ArrayList<>();
        List<String> words = new ArrayList<>();
        int at = 0;
        while (at < action.length()) {
            char c = action.charAt(at);
            int end;
            if (Character.isWhitespace(c)) {
                at++;
                continue;
            } else if (c == '|') {
                commands.add(words);
                words = new ArrayList<>();
                at++;
                continue;
            } else if (c == '"' || c == '`') {
                end = action.indexOf(c, at + 1);
            } else if (c == '(') {
                end = closing(action, at);
            } else {
                end = at;
                while (end < action.length() && !Character.isWhitespace(action.charAt(end)) && "|()".indexOf(action.charAt(end)) < 0) {
                    end++;
                }
                if (end == at) {
                    throw new IllegalArgumentException("unexpected \"" + c + "\" in \"{{" + action + "}}\"");
                }
                words.add(action.substring(at, end));
                at = end;
                continue;
            }
            if (end < 0) {
                throw new IllegalArgumentException("\"{{" + action + "}}\" has no closing " + c);
            }
            words.add(action.substring(at, end));
            at = end + 1;
        }
        commands.add(words);
        return commands;
    }

    private static int closing(String text, int open) {
        int depth = 0;
        for (int i = open; i < text.length(); i++) {
            depth += text.charAt(i) == '(' ? 1 : text.charAt(i) == ')' ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        return -1;
    }
}

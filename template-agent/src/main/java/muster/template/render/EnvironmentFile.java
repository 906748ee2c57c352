package muster.template.render;

import java.util.LinkedHashMap;
import java.util.Map;

/** Reads rendered {@code KEY=VALUE} lines. Blank lines and lines that begin with # do not count; nothing is expanded. */
public final class EnvironmentFile {
    private EnvironmentFile() {}

    /** The variables, the last of a name winning. Throws {@link IllegalArgumentException} with the line that is none. */
    public static Map<String, String> parse(String text) {
        Map<String, String> variables = new LinkedHashMap<>();
        int number = 0;
        for (String raw : text.split("\r?\n")) {
            number++;
            String line = raw.strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String assignment = line.startsWith("export ") ? line.substring(7).strip() : line;
            int equals = assignment.indexOf('=');
            String name = equals < 0 ? "" : assignment.substring(0, equals).strip();
            if (!name.matches("[A-Za-z_][A-Za-z0-9_.-]*")) {
                throw new IllegalArgumentException("error on line " + number + ": a variable is written KEY=VALUE");
            }
            variables.put(name, value(assignment.substring(equals + 1).strip(), number));
        }
        return variables;
    }

    private static String value(String text, int line) {
        if (text.isEmpty()) {
            return "";
        }
        char quote = text.charAt(0);
        if (quote != '"' && quote != '\'') {
            int comment = text.indexOf(" #");
            return comment < 0 ? text : text.substring(0, comment).stripTrailing();
        }
        StringBuilder value = new StringBuilder();
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == quote) {
                return value.toString();
            }
            if (c == '\\' && quote == '"' && i + 1 < text.length()) {
                i++;
                value.append(switch (text.charAt(i)) {
                    case 'n' -> '\n';
                    case 't' -> '\t';
                    case 'r' -> '\r';
                    default -> text.charAt(i);
                });
            } else {
                value.append(c);
            }
        }
        throw new IllegalArgumentException("error on line " + line + ": the quote is not closed");
    }
}

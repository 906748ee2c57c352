package muster.lb.route;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The routing language (Fabio: "Routing commands"): one command a line, {@code #} and {@code //} comments, blanks free, the
 * order of the parts fixed, lower case only.
 *
 * <pre>
 * route add SERVICE SOURCE TARGET [weight W] [tags "a,b"] [opts "k=v k=v"]
 * route del SERVICE [SOURCE [TARGET]]   route del SERVICE tags "a,b"   route del tags "a,b"
 * route weight SERVICE SOURCE weight W [tags "a,b"]   route weight SOURCE weight W tags "a,b"
 * </pre>
 *
 * @param commands in the order of the lines, without those that could not be read
 * @param problems named by line number
 */
public record RouteScript(List<RouteCommand> commands, List<Problem> problems) {
    public RouteScript {
        commands = List.copyOf(commands);
        problems = List.copyOf(problems);
    }

    /** Reads a text; never fails as a whole. */
    public static RouteScript parse(String text) {
        List<RouteCommand> commands = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            String trimmed = line.strip();
            if (trimmed.isEmpty() || trimmed.startsWith("#") || trimmed.startsWith("//")) {
                continue;
            }
            try {
                commands.add(command(new Words(trimmed)));
            } catch (IllegalArgumentException e) {
                problems.add(new Problem("line " + number, e.getMessage()));
            }
        }
        return new RouteScript(commands, problems);
    }

    /** Options as a tag or an {@code opts} part writes them: {@code name=value} or {@code name}, blanks between. */
    public static SortedMap<String, String> options(String text) {
        SortedMap<String, String> options = new TreeMap<>();
        for (String word : text.strip().split("\\s+")) {
            int equals = word.indexOf('=');
            if (!word.isEmpty()) {
                options.put(equals < 0 ? word : word.substring(0, equals), equals < 0 ? "" : word.substring(equals + 1));
            }
        }
        return options;
    }

    private static RouteCommand command(Words words) {
        if (!words.take("route")) {
            throw new IllegalArgumentException("\"" + words.line + "\" is no route command: route add, route del or route weight");
        }
        RouteCommand command;
        if (words.take("add")) {
            command = add(words);
        } else if (words.take("del")) {
            command = delete(words);
        } else if (words.take("weight")) {
            command = weigh(words);
        } else {
            throw new IllegalArgumentException("\"" + words.line + "\" is no route command: route add, route del or route weight");
        }
        words.end();
        return command;
    }

    private static RouteCommand add(Words words) {
        String service = words.word("a service");
        String source = words.word("a source");
        String target = words.word("a target");
        TargetUrl.parse(target);
        double weight = words.take("weight") ? words.number() : 0;
        List<String> tags = words.tags();
        Map<String, String> options = words.take("opts") ? options(words.quoted("opts")) : Map.of();
        return new RouteCommand.Add(service, source, target, weight, tags, new TreeMap<>(options));
    }

    private static RouteCommand delete(Words words) {
        if (words.isNext("tags")) {
            return new RouteCommand.Delete("", "", "", words.tags());
        }
        String service = words.word("a service or tags");
        if (words.isNext("tags")) {
            return new RouteCommand.Delete(service, "", "", words.tags());
        }
        String source = words.hasNext() ? words.word("a source") : "";
        String target = words.hasNext() ? words.word("a target") : "";
        return new RouteCommand.Delete(service, source, target, List.of());
    }

    private static RouteCommand weigh(Words words) {
        String first = words.word("a service or a source");
        if (words.take("weight")) {
            double weight = words.number();
            if (!words.isNext("tags")) {
                throw new IllegalArgumentException("\"" + words.line + "\" names neither a service nor tags");
            }
            return new RouteCommand.Weigh("", first, weight, words.tags());
        }
        String source = words.word("a source");
        if (!words.take("weight")) {
            throw new IllegalArgumentException("\"" + words.line + "\" lacks the word weight before the number");
        }
        return new RouteCommand.Weigh(first, source, words.number(), words.tags());
    }

    /** A line cut at blanks, except within double quotes. One use, one thread. */
    private static final class Words {
        private final String line;
        private final List<String> words = new ArrayList<>();
        private int next;

        Words(String line) {
            this.line = line;
            int at = 0;
            while (at < line.length()) {
                int end = at;
                if (Character.isWhitespace(line.charAt(at))) {
                    at++;
                    continue;
                }
                if (line.charAt(at) == '"') {
                    end = line.indexOf('"', at + 1) + 1;
                    if (end == 0) {
                        throw new IllegalArgumentException("\"" + line + "\" lacks the closing quote");
                    }
                } else {
                    while (end < line.length() && !Character.isWhitespace(line.charAt(end))) {
                        end++;
                    }
                }
                words.add(line.substring(at, end));
                at = end;
            }
        }

        boolean hasNext() {
            return next < words.size();
        }

        boolean isNext(String word) {
            return hasNext() && words.get(next).equals(word);
        }

        boolean take(String word) {
            if (isNext(word)) {
                next++;
                return true;
            }
            return false;
        }

        String word(String what) {
            if (!hasNext() || words.get(next).startsWith("\"")) {
                throw new IllegalArgumentException("\"" + line + "\" lacks " + what);
            }
            return words.get(next++);
        }

        double number() {
            String word = word("a weight");
            try {
                double weight = Double.parseDouble(word);
                if (Double.isFinite(weight)) {
                    return weight;
                }
            } catch (NumberFormatException e) {
                // said below, in our words
            }
            throw new IllegalArgumentException("\"" + word + "\" is no weight: a number such as 0.25");
        }

        List<String> tags() {
            return take("tags")
                    ? Arrays.stream(quoted("tags").split(",")).map(String::strip).filter(tag -> !tag.isEmpty()).toList()
                    : List.of();
        }

        String quoted(String after) {
            String word = hasNext() ? words.get(next++) : "";
            if (!word.startsWith("\"")) {
                throw new IllegalArgumentException("\"" + line + "\" lacks text in double quotes after " + after);
            }
            return word.substring(1, word.length() - 1);
        }

        void end() {
            if (hasNext()) {
                throw new IllegalArgumentException("\"" + line + "\" has \"" + words.get(next)
                        + "\" where the command should end; the order of the parts is weight, tags, opts");
            }
        }
    }
}

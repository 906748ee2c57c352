package muster.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a user has to see. Pure. */
@FunctionalInterface
interface Expect {
    /** Whether that is what was seen. */
    sealed interface Verdict {
        /** It is; in brief, for one line of a report. */
        record Met(String brief) implements Verdict {}

        /** It is not; this would have been right. */
        record Unmet(String expected) implements Verdict {}
    }

    Verdict of(String seen);

    /** That it works is enough; in brief it is all that was seen. */
    static Expect anything() {
        return seen -> new Verdict.Met(seen.strip().replaceAll("\\s+", " "));
    }

    /** Exactly this text, but for white space around it. */
    static Expect text(String wanted) {
        return seen -> seen.strip().equals(wanted.strip()) ? new Verdict.Met(wanted.strip()) : new Verdict.Unmet(wanted);
    }

    /** A text that begins with these lines; in brief it is the line that holds {@code telling}. */
    static Expect begins(String lines, String telling) {
        return seen -> {
            List<String> wanted = lines.strip().lines().toList();
            List<String> found = seen.lines().toList();
            for (int i = 0; i < wanted.size(); i++) {
                String there = i < found.size() ? found.get(i).stripTrailing() : "(no such line)";
                if (!there.equals(wanted.get(i).stripTrailing())) {
                    return new Verdict.Unmet("as line " + (i + 1) + ": " + wanted.get(i) + "\n   where is: " + there);
                }
            }
            return new Verdict.Met(wanted.stream().filter(line -> line.contains(telling)).findFirst().orElse(telling).strip());
        };
    }

    /** Lines that match these expressions, in this order, whatever is between them; in brief it is the last one. */
    static Expect lines(String... expressions) {
        return seen -> {
            List<String> rest = new ArrayList<>(seen.lines().map(line -> line.strip().replaceAll("\\s+", " ")).toList());
            String last = "";
            for (String expression : expressions) {
                Pattern pattern = Pattern.compile(expression);
                int at = 0;
                while (at < rest.size() && !pattern.matcher(rest.get(at)).find()) {
                    at++;
                }
                if (at == rest.size()) {
                    return new Verdict.Unmet("a line like: " + expression);
                }
                last = rest.get(at);
                rest.subList(0, at + 1).clear();
            }
            return new Verdict.Met(last);
        };
    }

    /** So many lines that match the expression, none twice; in brief they are the first groups. */
    static Expect different(int count, String expression) {
        return seen -> {
            Pattern pattern = Pattern.compile(expression);
            List<String> found = new ArrayList<>();
            for (String line : seen.lines().toList()) {
                Matcher matcher = pattern.matcher(line.strip().replaceAll("\\s+", " "));
                if (matcher.find()) {
                    found.add(matcher.group(1));
                }
            }
            return found.size() == count && found.stream().distinct().count() == count
                    ? new Verdict.Met(String.join(" ", found))
                    : new Verdict.Unmet(count + " different lines like: " + expression);
        };
    }

    /** This and also another; in brief it is this. */
    default Expect and(Expect other) {
        return seen -> switch (of(seen)) {
            case Verdict.Unmet unmet -> unmet;
            case Verdict.Met met -> switch (other.of(seen)) {
                case Verdict.Unmet unmet -> unmet;
                case Verdict.Met alsoMet -> met;
            };
        };
    }
}

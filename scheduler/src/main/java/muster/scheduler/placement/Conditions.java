package muster.scheduler.placement;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The operators of constraints and affinities (job specification page "constraint"). */
final class Conditions {
    static final String DISTINCT_HOSTS = "distinct_hosts";
    static final String DISTINCT_PROPERTY = "distinct_property";

    private Conditions() {}

    /** Whether the values meet the operator; what can't be resolved fails, except for "differs" and "is not set". */
    static boolean meets(String operand, Optional<String> left, Optional<String> right) {
        return switch (operand) {
            case DISTINCT_HOSTS, DISTINCT_PROPERTY -> true;
            case "!=", "not" -> !left.equals(right);
            case "is_set" -> left.isPresent();
            case "is_not_set" -> left.isEmpty();
            default -> left.isPresent() && right.isPresent() && compares(operand, left.get(), right.get());
        };
    }

    private static boolean compares(String operand, String left, String right) {
        return switch (operand) {
            case "=", "==", "is" -> left.equals(right);
            case "<" -> left.compareTo(right) < 0;
            case "<=" -> left.compareTo(right) <= 0;
            case ">" -> left.compareTo(right) > 0;
            case ">=" -> left.compareTo(right) >= 0;
            case "version" -> VersionRange.parse(right, false).filter(range -> range.accepts(left)).isPresent();
            case "semver" -> VersionRange.parse(right, true).filter(range -> range.accepts(left)).isPresent();
            case "regexp" -> matches(right, left);
            case "set_contains", "set_contains_all" -> set(left).containsAll(set(right));
            case "set_contains_any" -> set(right).stream().anyMatch(set(left)::contains);
            default -> false;
        };
    }

    private static boolean matches(String pattern, String text) {
        try {
            return Pattern.compile(pattern).matcher(text).find();
        } catch (PatternSyntaxException e) {
            return false;
        }
    }

    private static List<String> set(String text) {
        return Arrays.stream(text.split(",")).map(String::strip).toList();
    }
}

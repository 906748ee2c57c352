package muster.scheduler.placement;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A list of conditions on a version, such as {@code >= 1.2, < 2}. The lenient form takes versions of any number of parts
 * and a leading {@code v}; the strict one is Semantic Versioning 2.0. A pre-release meets a lenient condition only if
 * the condition names a pre-release too.
 */
public final class VersionRange {
    private static final Pattern CONDITION = Pattern.compile("\\s*(=|!=|>|<|>=|<=|~>|)\\s*(\\S+)\\s*");
    private static final Pattern LENIENT = Pattern.compile("v?(\\d+(?:\\.\\d+)*)(?:-?([0-9A-Za-z-~]+(?:\\.[0-9A-Za-z-~]+)*))?(?:\\+(.*))?");
    private static final Pattern STRICT = Pattern.compile("v?(\\d+(?:\\.\\d+){0,2})(?:-([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?(?:\\+(.*))?");

    private record Version(List<BigInteger> numbers, String preRelease) {
        BigInteger part(int i) {
            return i < numbers.size() ? numbers.get(i) : BigInteger.ZERO;
        }
    }

    private record Condition(String operator, Version version) {}

    private final boolean strict;
    private final List<Condition> conditions;

    private VersionRange(boolean strict, List<Condition> conditions) {
        this.strict = strict;
        this.conditions = conditions;
    }

    /** Empty when the text is no list of conditions. */
    public static Optional<VersionRange> parse(String text, boolean strict) {
        List<Condition> conditions = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher matcher = CONDITION.matcher(part);
            Optional<Version> version = matcher.matches() ? version(matcher.group(2), strict) : Optional.empty();
            if (version.isEmpty() || strict && matcher.group(1).equals("~>")) {
                return Optional.empty();
            }
            conditions.add(new Condition(matcher.group(1), version.get()));
        }
        return Optional.of(new VersionRange(strict, conditions));
    }

    /** Whether the text is a version that meets all conditions. */
    public boolean accepts(String text) {
        Optional<Version> version = version(text.strip(), strict);
        return version.isPresent() && conditions.stream().allMatch(c -> meets(c, version.get()));
    }

    private static Optional<Version> version(String text, boolean strict) {
        Matcher matcher = (strict ? STRICT : LENIENT).matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        List<BigInteger> numbers = new ArrayList<>();
        for (String number : matcher.group(1).split("\\.")) {
            numbers.add(new BigInteger(number));
        }
        return Optional.of(new Version(numbers, matcher.group(2) == null ? "" : matcher.group(2)));
    }

    private boolean meets(Condition condition, Version version) {
        Version wanted = condition.version();
        int order = compare(version, wanted);
        return switch (condition.operator()) {
            case "", "=" -> order == 0;
            case "!=" -> order != 0;
            case ">" -> preReleaseFits(version, wanted) && order > 0;
            case "<" -> preReleaseFits(version, wanted) && order < 0;
            case ">=" -> preReleaseFits(version, wanted) && order >= 0;
            case "<=" -> preReleaseFits(version, wanted) && order <= 0;
            case "~>" -> preReleaseFits(version, wanted) && order >= 0 && sameUpToLast(version, wanted);
            default -> false;
        };
    }

    private boolean preReleaseFits(Version version, Version wanted) {
        if (strict || version.preRelease().isEmpty()) {
            return true;
        }
        for (int i = 0; i < Math.max(version.numbers().size(), wanted.numbers().size()); i++) {
            if (!version.part(i).equals(wanted.part(i))) {
                return false;
            }
        }
        return !wanted.preRelease().isEmpty();
    }

    private static boolean sameUpToLast(Version version, Version wanted) {
        for (int i = 0; i < wanted.numbers().size() - 1; i++) {
            if (!version.part(i).equals(wanted.part(i))) {
                return false;
            }
        }
        return true;
    }

    private static int compare(Version a, Version b) {
        for (int i = 0; i < Math.max(a.numbers().size(), b.numbers().size()); i++) {
            int order = a.part(i).compareTo(b.part(i));
            if (order != 0) {
                return order;
            }
        }
        if (a.preRelease().equals(b.preRelease())) {
            return 0;
        }
        if (a.preRelease().isEmpty() || b.preRelease().isEmpty()) {
            return a.preRelease().isEmpty() ? 1 : -1;
        }
        return comparePreReleases(a.preRelease().split("\\."), b.preRelease().split("\\."));
    }

    private static int comparePreReleases(String[] a, String[] b) {
        for (int i = 0; i < Math.min(a.length, b.length); i++) {
            boolean numberA = a[i].chars().allMatch(Character::isDigit);
            boolean numberB = b[i].chars().allMatch(Character::isDigit);
            int order = numberA && numberB ? new BigInteger(a[i]).compareTo(new BigInteger(b[i]))
                    : numberA != numberB ? (numberA ? -1 : 1) : a[i].compareTo(b[i]);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.length, b.length);
    }
}

package muster.template.function;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import muster.template.language.FunctionException;
import muster.template.language.Type;
import muster.template.language.Value;

/** Semantic versions (semver.org) and the constraints on them that sprig knows: comparisons, {@code ~} and {@code ^}. */
final class Versions {
    private static final Pattern VERSION =
            Pattern.compile("v?(\\d{1,18})(?:\\.(\\d{1,18}))?(?:\\.(\\d{1,18}))?(?:-([0-9A-Za-z.-]+))?(?:\\+[0-9A-Za-z.-]+)?");
    private static final Pattern CONSTRAINT = Pattern.compile("(=|!=|>=|<=|>|<|~|\\^)?\\s*(.+)");

    private Versions() {}

    private record Version(long major, long minor, long patch, String preRelease, int parts) implements Comparable<Version> {
        static Version of(String text) {
            Matcher match = VERSION.matcher(text.strip());
            if (!match.matches()) {
                throw new FunctionException("Invalid Semantic Version");
            }
            int parts = match.group(3) != null ? 3 : match.group(2) != null ? 2 : 1;
            return new Version(number(match.group(1)), number(match.group(2)), number(match.group(3)),
                    match.group(4) == null ? "" : match.group(4), parts);
        }

        private static long number(String digits) {
            return digits == null ? 0 : Long.parseLong(digits);
        }

        @Override
        public int compareTo(Version other) {
            int order = Arrays.compare(new long[] {major, minor, patch}, new long[] {other.major, other.minor, other.patch});
            if (order != 0 || preRelease.equals(other.preRelease)) {
                return order;
            }
            return preRelease.isEmpty() ? 1 : other.preRelease.isEmpty() ? -1 : comparePreRelease(preRelease, other.preRelease);
        }

        private static int comparePreRelease(String a, String b) {
            return Arrays.compare(a.split("\\."), b.split("\\."), (x, y) -> {
                boolean xNumber = x.matches("\\d+");
                boolean yNumber = y.matches("\\d+");
                return xNumber && yNumber ? new BigInteger(x).compareTo(new BigInteger(y))
                        : xNumber ? -1 : yNumber ? 1 : x.compareTo(y);
            });
        }
    }

    /** Whether the version satisfies the constraint; {@code ,} or a blank means and, {@code ||} means or. */
    static boolean satisfies(String version, String constraint) {
        Version wanted = Version.of(version);
        return Arrays.stream(constraint.split("\\|\\|")).anyMatch(all ->
                Arrays.stream(all.strip().replaceAll("(=|!=|>=|<=|>|<|~|\\^)\\s+", "$1").split("[,\\s]+"))
                        .filter(part -> !part.isEmpty()).allMatch(part -> satisfiesOne(wanted, part)));
    }

    /** A version as a value with {@code .Major}, {@code .Minor}, {@code .Patch}, {@code .Prerelease} and {@code .Metadata}. */
    static Value parts(String text) {
        Version version = Version.of(text);
        int plus = text.indexOf('+');
        SequencedMap<String, Value> fields = new LinkedHashMap<>();
        fields.put("Major", new Value.Int(Type.Basic.UINT64, version.major()));
        fields.put("Minor", new Value.Int(Type.Basic.UINT64, version.minor()));
        fields.put("Patch", new Value.Int(Type.Basic.UINT64, version.patch()));
        fields.put("Prerelease", Value.text(version.preRelease()));
        fields.put("Metadata", Value.text(plus < 0 ? "" : text.substring(plus + 1)));
        fields.put("Original", Value.text(text));
        String printed = version.major() + "." + version.minor() + "." + version.patch()
                + (version.preRelease().isEmpty() ? "" : "-" + version.preRelease()) + (plus < 0 ? "" : text.substring(plus));
        return new Value.Struct(new Type.Named("*semver.Version"), fields, Map.of(), printed);
    }

    private static boolean satisfiesOne(Version version, String part) {
        Matcher match = CONSTRAINT.matcher(part);
        if (!match.matches()) {
            throw new FunctionException("improper constraint: " + part);
        }
        Version bound = Version.of(match.group(2));
        int order = version.compareTo(bound);
        if (!version.preRelease().isEmpty() && bound.preRelease().isEmpty()) {
            return false;
        }
        return switch (match.group(1) == null ? "=" : match.group(1)) {
            case "=" -> order == 0;
            case "!=" -> order != 0;
            case ">" -> order > 0;
            case ">=" -> order >= 0;
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case "~" -> order >= 0 && version.major() == bound.major() && (bound.parts() == 1 || version.minor() == bound.minor());
            default -> order >= 0 && version.major() == bound.major()
                    && (bound.major() > 0 || version.minor() == bound.minor() && (bound.minor() > 0 || version.patch() == bound.patch()));
        };
    }
}

package muster.hcl;

import java.util.Collection;
import java.util.Optional;

/** Finds the name that was probably meant: the first that differs by fewer than three edits. */
public final class NameSuggestion {
    private static final int TOO_FAR = 3;

    private NameSuggestion() {}

    /** The nearest of {@code known}, in their order, if one is near enough. */
    public static Optional<String> of(String given, Collection<String> known) {
        return known.stream().filter(name -> distance(given, name) < TOO_FAR).findFirst();
    }

    /** {@code  Did you mean "name"?} with a leading blank, or nothing. */
    static String sentence(String given, Collection<String> known) {
        return of(given, known).map(name -> " Did you mean \"" + name + "\"?").orElse("");
    }

    private static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) >= TOO_FAR) {
            return TOO_FAR;
        }
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, 1 + Math.min(row[j - 1], above[j]));
            }
            above = row;
        }
        return above[b.length()];
    }
}

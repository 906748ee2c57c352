package muster.lb.route;

import java.util.Collection;
import java.util.Optional;

/** The word somebody may have meant. */
public final class Nearest {
    private static final int MAX_EDITS = 2;

    private Nearest() {}

    /** The known word with the fewest edits from it, if those are few for its length. */
    public static Optional<String> to(String word, Collection<String> known) {
        Optional<String> best = Optional.empty();
        int fewest = Math.min(MAX_EDITS, word.length() / 2) + 1;
        for (String other : known) {
            int edits = edits(word, other);
            if (edits < fewest) {
                fewest = edits;
                best = Optional.of(other);
            }
        }
        return best;
    }

    /** Insertions, deletions and replacements from one to the other. */
    private static int edits(String a, String b) {
        if (Math.abs(a.length() - b.length()) > MAX_EDITS) {
            return MAX_EDITS + 1;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                row[j] = Math.min(Math.min(row[j] + 1, row[j - 1] + 1), diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1));
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}

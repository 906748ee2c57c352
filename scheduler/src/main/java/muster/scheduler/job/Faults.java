package muster.scheduler.job;

import java.util.ArrayList;
import java.util.List;

/** Gathers what is wrong and prints it as the original's list of errors. Mutable, of one thread. */
final class Faults {
    private final List<String> found = new ArrayList<>();

    void add(String fault) {
        found.add(fault);
    }

    void addIf(boolean wrong, String fault) {
        if (wrong) {
            found.add(fault);
        }
    }

    /** A list within the list, without a heading of its own. */
    void nest(Faults inner) {
        if (!inner.isEmpty()) {
            found.add(inner.text());
        }
    }

    /** A list within the list, under a heading. */
    void nest(String heading, Faults inner) {
        if (!inner.isEmpty()) {
            found.add(heading + " validation failed: " + inner.text());
        }
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    List<String> all() {
        return List.copyOf(found);
    }

    String text() {
        if (found.isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder(found.size() == 1 ? "1 error occurred:" : found.size() + " errors occurred:");
        found.forEach(fault -> text.append("\n\t* ").append(fault));
        return text.append("\n\n").toString();
    }
}

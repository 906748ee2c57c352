package muster.hcl;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Gathers the problems of one piece of work, in the order found. Mutable; belongs to the thread that does the work. */
public final class Diagnostics {
    /** More than this many are not kept: nobody reads them, and hostile input must not fill the memory. */
    static final int LIMIT = 1000;

    private final List<Diagnostic> found = new ArrayList<>();

    /** Adds one. */
    public void add(Diagnostic diagnostic) {
        if (found.size() < LIMIT) {
            found.add(diagnostic);
        }
    }

    /** Adds an error at a place. */
    public void error(String summary, String detail, SourceRange subject) {
        add(Diagnostic.error(summary, detail, subject));
    }

    /** Adds all of them, in order. */
    public void addAll(Collection<Diagnostic> diagnostics) {
        diagnostics.forEach(this::add);
    }

    /** Whether one of them is an error. */
    public boolean hasErrors() {
        return found.stream().anyMatch(d -> d.severity() == Diagnostic.Severity.ERROR);
    }

    /** How many there are; with {@link #hasErrorsSince} it tells whether a step added any. */
    public int size() {
        return found.size();
    }

    /** Whether an error was added after the first {@code size} entries; always true once the limit is reached. */
    public boolean hasErrorsSince(int size) {
        return found.size() >= LIMIT
                || found.subList(size, found.size()).stream().anyMatch(d -> d.severity() == Diagnostic.Severity.ERROR);
    }

    /** A copy of what was found so far. */
    public List<Diagnostic> all() {
        return List.copyOf(found);
    }

    /** One line each, in HCL's text form. */
    public String lines() {
        return found.stream().map(Diagnostic::text).collect(Collectors.joining("\n"));
    }

    /** The first in text form, and how many others there are: how HCL prints a list as one error. */
    public String brief() {
        return switch (found.size()) {
            case 0 -> "no diagnostics";
            case 1 -> found.getFirst().text();
            default -> found.getFirst().text() + ", and " + (found.size() - 1) + " other diagnostic(s)";
        };
    }
}

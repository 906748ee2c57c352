package muster.hcl;

import java.util.List;

/**
 * A file as read: the body holds everything that could be made sense of, so that decoding it can report more problems.
 *
 * @param text the source, for showing offending lines
 */
public record ParsedFile(String name, String text, Body body, List<Diagnostic> diagnostics) {
    public ParsedFile {
        diagnostics = List.copyOf(diagnostics);
    }

    /** Whether the file is unusable. */
    public boolean hasErrors() {
        return diagnostics.stream().anyMatch(d -> d.severity() == Diagnostic.Severity.ERROR);
    }
}

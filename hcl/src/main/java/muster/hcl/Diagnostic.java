package muster.hcl;

import java.util.Objects;
import java.util.Optional;

/**
 * One problem in a source text.
 *
 * @param summary a few words, without a final stop
 * @param detail whole sentences: what was found and what would be right
 * @param subject the text to blame; empty for problems of no particular place
 * @param context a larger range that holds the subject, to show around it
 */
public record Diagnostic(
        Severity severity, String summary, String detail, Optional<SourceRange> subject, Optional<SourceRange> context) {
    /** Whether the input is refused or only doubtful. */
    public enum Severity {
        ERROR,
        WARNING
    }

    public Diagnostic {
        Objects.requireNonNull(severity);
        Objects.requireNonNull(summary);
        Objects.requireNonNull(detail);
    }

    /** An error at a place. */
    public static Diagnostic error(String summary, String detail, SourceRange subject) {
        return new Diagnostic(Severity.ERROR, summary, detail, Optional.of(subject), Optional.empty());
    }

    /** An error at a place within a larger construct. */
    public static Diagnostic error(String summary, String detail, SourceRange subject, SourceRange context) {
        return new Diagnostic(Severity.ERROR, summary, detail, Optional.of(subject), Optional.of(context));
    }

    /** An error of no particular place. */
    public static Diagnostic error(String summary, String detail) {
        return new Diagnostic(Severity.ERROR, summary, detail, Optional.empty(), Optional.empty());
    }

    /** HCL's one-line form: {@code file:L,C1-C2: Summary; Detail}; {@code <nil>} stands for a missing place. */
    public String text() {
        return subject.map(SourceRange::toString).orElse("<nil>") + ": " + summary + "; " + detail;
    }
}

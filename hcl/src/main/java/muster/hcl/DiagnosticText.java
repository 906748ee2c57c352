package muster.hcl;

import java.util.Optional;

/** The form in which a command line shows a problem: summary, place, the offending line with a marker under it, detail. */
public final class DiagnosticText {
    private DiagnosticText() {}

    /**
     * Renders one problem. {@code source} is the whole text of the file the subject stands in; without it
     * only the place is named.
     */
    public static String render(Diagnostic diagnostic, Optional<String> source) {
        StringBuilder out = new StringBuilder();
        out.append(diagnostic.severity() == Diagnostic.Severity.ERROR ? "Error: " : "Warning: ");
        out.append(diagnostic.summary()).append('\n');
        diagnostic.subject().ifPresent(subject -> {
            out.append("\n  on ").append(subject.file()).append(" line ").append(subject.start().line()).append(":\n");
            source.flatMap(text -> line(text, subject.start().line())).ifPresent(line -> snippet(out, line, subject));
        });
        if (!diagnostic.detail().isEmpty()) {
            out.append('\n').append(diagnostic.detail()).append('\n');
        }
        return out.toString();
    }

    private static void snippet(StringBuilder out, String line, SourceRange subject) {
        String gutter = String.format("%4d: ", subject.start().line());
        out.append(gutter).append(line).append('\n');
        int from = subject.start().column() - 1;
        boolean oneLine = subject.end().line() == subject.start().line();
        int to = oneLine ? subject.end().column() - 1 : line.length();
        out.append(" ".repeat(gutter.length()));
        for (int i = 0; i < from; i++) {
            out.append(i < line.length() && line.charAt(i) == '\t' ? '\t' : ' ');
        }
        out.append("^".repeat(Math.clamp(to - from, 1, 200))).append('\n');
    }

    private static Optional<String> line(String text, int number) {
        return text.lines().skip(Math.max(0, number - 1)).findFirst();
    }
}

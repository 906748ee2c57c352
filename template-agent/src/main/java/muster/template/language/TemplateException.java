package muster.template.language;

/** A template that does not parse, or whose execution failed. The message is Go's, with template name, line and column. */
public final class TemplateException extends RuntimeException {
    /** When the template failed. */
    public enum Phase {
        PARSE, EXECUTION
    }

    private final transient Phase phase;

    TemplateException(Phase phase, String message) {
        super(message);
        this.phase = phase;
    }

    /** For other dialects: the text is no template. */
    public static TemplateException parse(String message) {
        return new TemplateException(Phase.PARSE, message);
    }

    public Phase phase() {
        return phase;
    }
}

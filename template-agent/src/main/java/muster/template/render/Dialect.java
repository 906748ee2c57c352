package muster.template.render;

/** The language a template is written in. */
public enum Dialect {
    GO, MUSTACHE;

    /** By the {@code dialect} setting ({@code ""} for none) and, without one, by the name of the source. */
    public static Dialect of(String setting, String sourceName) {
        return switch (setting) {
            case "" -> sourceName.endsWith(".mustache") ? MUSTACHE : GO;
            case "go" -> GO;
            case "mustache" -> MUSTACHE;
            default -> throw new IllegalArgumentException(
                    "template dialect \"" + setting + "\" is unknown: it is \"go\" or \"mustache\"");
        };
    }
}

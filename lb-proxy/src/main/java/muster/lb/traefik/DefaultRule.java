package muster.lb.traefik;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rule of routers that have none: a text with {@code {{ .Name }}}, {@code {{ normalize .Name }}} and
 * {@code {{ index .Labels "key" }}}. Pure.
 */
record DefaultRule(String template) {
    private static final Pattern ACTION = Pattern.compile("\\{\\{-?\\s*(.*?)\\s*-?\\}\\}");
    private static final Pattern LABEL = Pattern.compile("index\\s+\\.Labels\\s+[\"`]([^\"`]*)[\"`]");

    /** Traefik's own. */
    static final DefaultRule TRAEFIK = new DefaultRule("Host(`{{ normalize .Name }}`)");

    DefaultRule {
        Matcher action = ACTION.matcher(template);
        while (action.find()) {
            String inner = action.group(1);
            if (!inner.equals(".Name") && !inner.equals("normalize .Name") && !LABEL.matcher(inner).matches()) {
                throw new IllegalArgumentException("\"{{ " + inner + " }}\" is not supported: {{ .Name }}, {{ normalize .Name }} or"
                        + " {{ index .Labels \"key\" }} is");
            }
        }
    }

    String of(String service, Map<String, String> labels) {
        return ACTION.matcher(template).replaceAll(action -> {
            String inner = action.group(1);
            Matcher label = LABEL.matcher(inner);
            String value = label.matches() ? labels.getOrDefault(label.group(1), "")
                    : inner.startsWith("normalize") ? normalize(service) : service;
            return Matcher.quoteReplacement(value);
        });
    }

    /** Letters and digits, everything between them as one dash. */
    static String normalize(String name) {
        return name.replaceAll("[^\\p{L}\\p{N}]+", "-").replaceAll("^-|-$", "");
    }
}

package muster.wire.login;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A binding's name with the identity's parts in the places of <code>${name}</code>. Pure. */
public final class BoundName {
    private static final Pattern PART = Pattern.compile("\\$\\{\\s*([A-Za-z_][A-Za-z0-9_.\\-]*)\\s*\\}");

    private BoundName() {}

    /** The name, in small letters where a part of the identity stands; empty where a part is unknown or the text is malformed. */
    public static Optional<String> of(String text, Map<String, String> variables) {
        return filled(text, variables, true);
    }

    /** As {@link #of}, with the parts of the identity as they are. */
    public static Optional<String> exact(String text, Map<String, String> variables) {
        return filled(text, variables, false);
    }

    private static Optional<String> filled(String text, Map<String, String> variables, boolean small) {
        StringBuilder name = new StringBuilder();
        Matcher matcher = PART.matcher(text);
        int from = 0;
        while (matcher.find()) {
            String value = variables.get(matcher.group(1));
            if (value == null) {
                return Optional.empty();
            }
            name.append(text, from, matcher.start()).append(small ? value.toLowerCase(Locale.ROOT) : value);
            from = matcher.end();
        }
        name.append(text.substring(from));
        return name.indexOf("${") >= 0 ? Optional.empty() : Optional.of(name.toString());
    }
}

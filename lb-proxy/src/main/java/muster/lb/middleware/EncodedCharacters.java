package muster.lb.middleware;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.RequestHead;
import muster.lb.tree.Values;

/**
 * Which encoded characters may stand in a path (Traefik: "EncodedCharacters"): those that another server may take for separators. As a
 * middleware it refuses all of them that it does not allow; an entry point allows all of them that it does not refuse. Pure.
 *
 * @param refused as they stand in a path, {@code %2F}, in capitals
 */
public record EncodedCharacters(List<String> refused) implements Middleware {
    /** The options, and what each is about. Encoded NULs never come so far. */
    public static final Map<String, String> OPTIONS = options();

    private static Map<String, String> options() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("allowEncodedSlash", "%2F");
        options.put("allowEncodedBackSlash", "%5C");
        options.put("allowEncodedNullCharacter", "%00");
        options.put("allowEncodedSemicolon", "%3B");
        options.put("allowEncodedPercent", "%25");
        options.put("allowEncodedQuestionMark", "%3F");
        options.put("allowEncodedHash", "%23");
        return options;
    }

    public EncodedCharacters {
        refused = List.copyOf(refused);
    }

    /** Those whose option says no. */
    public static EncodedCharacters of(Predicate<String> isAllowed) {
        List<String> refused = new ArrayList<>();
        OPTIONS.forEach((option, character) -> {
            if (!isAllowed.test(option)) {
                refused.add(character);
            }
        });
        return new EncodedCharacters(refused);
    }

    static EncodedCharacters of(Values options) {
        return of(options::flag);
    }

    /** Whether one of them is in the path. */
    public boolean isIn(String rawPath) {
        if (refused.isEmpty() || rawPath.indexOf('%') < 0) {
            return false;
        }
        String path = rawPath.toUpperCase(Locale.ROOT);
        return refused.stream().anyMatch(path::contains);
    }

    @Override
    public Decision handle(RequestHead head, Next next) {
        return isIn(head.rawPath()) ? Answer.empty(400) : next.handle(head);
    }
}

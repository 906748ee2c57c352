package muster.scheduler.acl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.scheduler.job.Values;
import muster.scheduler.state.AuthMethodConfig;
import muster.wire.filter.Filter;
import muster.wire.filter.FilterException;
import muster.wire.filter.Shape;
import muster.wire.login.LoginException;

/** What a proof of identity says, under the names that its auth method gives. Pure. */
public record Claims(Map<String, String> values, Map<String, List<String>> lists) {
    private static final Shape.Struct SHAPE = Shape.struct("value", Shape.TEXT_MAP, "list", new Shape.MapOf(Shape.TEXTS));

    /** Takes what the method's configuration maps; throws {@link LoginException} for a claim that is no text and no list of texts. */
    static Claims of(Map<?, ?> all, AuthMethodConfig config) {
        Map<String, String> values = new HashMap<>();
        Values.orEmpty(config.claimMappings()).forEach((claim, name) -> at(all, claim).ifPresent(value -> values.put(name, text(value)
                .orElseThrow(() -> new LoginException("error converting claim '" + claim + "' to string: it is no text, number or boolean")))));
        Map<String, List<String>> lists = new HashMap<>();
        Values.orEmpty(config.listClaimMappings()).forEach((claim, name) -> at(all, claim).ifPresent(value -> {
            List<String> texts = new ArrayList<>();
            for (Object item : value instanceof List<?> many ? many : List.of(value)) {
                String text = text(item).orElseThrow(() -> new LoginException("\"" + claim + "\" list claim could not be converted to string list"));
                if (!text.isEmpty()) {
                    texts.add(text);
                }
            }
            lists.put(name, texts);
        }));
        return new Claims(values, lists);
    }

    /** A claim by its name, or by a JSON pointer (RFC 6901); empty where there is none. */
    private static Optional<Object> at(Map<?, ?> claims, String claim) {
        if (!claim.startsWith("/")) {
            return Optional.ofNullable(claims.get(claim));
        }
        Object at = claims;
        for (String name : claim.substring(1).split("/")) {
            at = switch (at) {
                case Map<?, ?> map -> map.get(name.replace("~1", "/").replace("~0", "~"));
                case List<?> list when name.matches("\\d{1,6}") && Integer.parseInt(name) < list.size() -> list.get(Integer.parseInt(name));
                case null, default -> null;
            };
        }
        return Optional.ofNullable(at);
    }

    private static Optional<String> text(Object value) {
        return switch (value) {
            case String text -> Optional.of(text);
            case Boolean truth -> Optional.of(truth.toString());
            case Number number -> Optional.of(Long.toString(number.longValue()));
            case null, default -> Optional.empty();
        };
    }

    /** Whether an expression on them holds; one that can't be understood does not, an empty one does. */
    boolean fit(String selector) {
        try {
            return Filter.of(selector, SHAPE).accepts(Map.of("value", values, "list", lists));
        } catch (FilterException e) {
            return false;
        }
    }

    /** What names can be made of. */
    Map<String, String> variables() {
        Map<String, String> variables = new HashMap<>();
        values.forEach((name, value) -> variables.put("value." + name, value));
        return variables;
    }
}

package muster.lb.traefik;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import muster.lb.exchange.RequestHead;
import muster.lb.route.AccessRules;

/** A rule as a test of requests (Traefik: "Rules"), in the forms of version 3 and version 2. */
final class RuleMatcher {
    /** Which matchers there are and what their values mean. */
    enum Syntax {
        V3, V2
    }

    private static final List<String> OLD = List.of("hostheader", "headers", "headersregexp");
    private static final String RESERVED = ":/?#[]@!$&'()*+,;=%";

    private RuleMatcher() {}

    /** The test that a rule states; throws {@link IllegalArgumentException} saying why it can't be used. */
    static Predicate<RequestHead> of(String rule, Syntax syntax) {
        return of(RuleParser.parse(rule), syntax);
    }

    static Predicate<RequestHead> of(RuleNode tree, Syntax syntax) {
        return compile(tree, syntax == Syntax.V2 ? RuleMatcher::v2 : RuleMatcher::v3);
    }

    /** The names that Host matchers ask for, for choosing TLS options; empty when there are none. */
    static List<String> hosts(RuleNode tree) {
        return switch (tree) {
            case RuleNode.And and -> java.util.stream.Stream.of(and.left(), and.right()).flatMap(node -> hosts(node).stream()).toList();
            case RuleNode.Or or -> java.util.stream.Stream.of(or.left(), or.right()).flatMap(node -> hosts(node).stream()).toList();
            case RuleNode.Not not -> List.of();
            case RuleNode.Call call -> call.name().toLowerCase(Locale.ROOT).startsWith("host") ? call.arguments() : List.of();
        };
    }

    /**
     * Names of which a request's host has to be one for the rule to match, in small letters; empty when the rule also matches hosts that it
     * does not name.
     */
    static Optional<Set<String>> requiredHosts(RuleNode tree) {
        return switch (tree) {
            case RuleNode.And and -> requiredHosts(and.left()).or(() -> requiredHosts(and.right()));
            case RuleNode.Or or -> requiredHosts(or.left()).flatMap(left -> requiredHosts(or.right()).map(right -> {
                Set<String> both = new TreeSet<>(left);
                both.addAll(right);
                return both;
            }));
            case RuleNode.Not not -> Optional.empty();
            case RuleNode.Call call -> switch (call.name().toLowerCase(Locale.ROOT)) {
                case "host", "hostheader" -> Optional.of(call.arguments().stream().map(RuleMatcher::plainHost).collect(Collectors.toSet()));
                default -> Optional.empty();
            };
        };
    }

    /** Joins what the calls mean by the tree's operators. */
    static <T> Predicate<T> compile(RuleNode tree, Function<RuleNode.Call, Predicate<T>> matcher) {
        return switch (tree) {
            case RuleNode.And and -> compile(and.left(), matcher).and(compile(and.right(), matcher));
            case RuleNode.Or or -> compile(or.left(), matcher).or(compile(or.right(), matcher));
            case RuleNode.Not not -> compile(not.inner(), matcher).negate();
            case RuleNode.Call call -> matcher.apply(call);
        };
    }

    private static Predicate<RequestHead> v3(RuleNode.Call call) {
        return switch (call.name().toLowerCase(Locale.ROOT)) {
            case "host" -> host(one(call));
            case "hostregexp" -> matching(one(call), RuleMatcher::hostOf);
            case "path" -> {
                String path = path(call, one(call));
                yield head -> pathOf(head).equals(path);
            }
            case "pathprefix" -> {
                String prefix = path(call, one(call));
                yield head -> pathOf(head).startsWith(prefix);
            }
            case "pathregexp" -> matching(one(call), RuleMatcher::pathOf);
            case "method" -> {
                String method = one(call).toUpperCase(Locale.ROOT);
                yield head -> head.method().equals(method);
            }
            case "header" -> header(call);
            case "headerregexp" -> headerRegexp(call);
            case "query" -> {
                count(call, 1, 2);
                String value = call.arguments().size() == 2 ? call.arguments().get(1) : "";
                yield head -> query(head, call.arguments().getFirst()).contains(value);
            }
            case "queryregexp" -> {
                count(call, 2, 2);
                Pattern pattern = pattern(call.arguments().get(1));
                yield head -> query(head, call.arguments().getFirst()).stream().anyMatch(value -> pattern.matcher(value).find());
            }
            case "clientip" -> clientIp(one(call));
            default -> throw new IllegalArgumentException("unsupported function: " + call.name()
                    + (OLD.contains(call.name().toLowerCase(Locale.ROOT)) ? "; it is one of version 2: set ruleSyntax=v2, or use the new form" : ""));
        };
    }

    private static Predicate<RequestHead> v2(RuleNode.Call call) {
        return switch (call.name().toLowerCase(Locale.ROOT)) {
            case "host", "hostheader" -> any(call, RuleMatcher::host);
            case "hostregexp" -> any(call, value -> matching("^" + variables(value, "[^.]+") + "$", RuleMatcher::hostOf));
            case "path" -> any(call, value -> matching("^" + variables(path(call, value), "[^/]+") + "$", RuleMatcher::pathOf));
            case "pathprefix" -> any(call, value -> matching("^" + variables(path(call, value), "[^/]+"), RuleMatcher::pathOf));
            case "method" -> any(call, value -> head -> head.method().equals(value.toUpperCase(Locale.ROOT)));
            case "headers" -> header(call);
            case "headersregexp" -> headerRegexp(call);
            case "query" -> {
                count(call, 1, Integer.MAX_VALUE);
                yield head -> call.arguments().stream().allMatch(pair -> {
                    int equals = pair.indexOf('=');
                    return query(head, equals < 0 ? pair : pair.substring(0, equals)).contains(equals < 0 ? "" : pair.substring(equals + 1));
                });
            }
            case "clientip" -> any(call, RuleMatcher::clientIp);
            default -> throw new IllegalArgumentException("unsupported function: " + call.name());
        };
    }

    private static Predicate<RequestHead> any(RuleNode.Call call, Function<String, Predicate<RequestHead>> test) {
        count(call, 1, Integer.MAX_VALUE);
        return call.arguments().stream().map(test).reduce(Predicate::or).orElseThrow();
    }

    private static Predicate<RequestHead> host(String value) {
        if (value.isEmpty() || value.chars().anyMatch(c -> c > 126 || c < 33)) {
            throw new IllegalArgumentException("invalid value " + value + " for \"Host\" matcher, non-ASCII characters are not allowed");
        }
        String wanted = plainHost(value);
        return head -> hostOf(head).equals(wanted);
    }

    private static Predicate<RequestHead> matching(String expression, Function<RequestHead, String> part) {
        Pattern pattern = pattern(expression);
        return head -> pattern.matcher(part.apply(head)).find();
    }

    private static Predicate<RequestHead> header(RuleNode.Call call) {
        count(call, 2, 2);
        return head -> head.headers().all(call.arguments().getFirst()).contains(call.arguments().get(1));
    }

    private static Predicate<RequestHead> headerRegexp(RuleNode.Call call) {
        count(call, 2, 2);
        Pattern pattern = pattern(call.arguments().get(1));
        return head -> head.headers().all(call.arguments().getFirst()).stream().anyMatch(value -> pattern.matcher(value).find());
    }

    private static Predicate<RequestHead> clientIp(String value) {
        AccessRules.Block block = AccessRules.block(value).orElseThrow(() ->
                new IllegalArgumentException("invalid value for ClientIP matcher: \"" + value + "\" is neither an address nor a network"));
        AccessRules rules = new AccessRules(true, List.of(block));
        return head -> AccessRules.block(head.peer().address()).isPresent() && rules.admits(List.of(head.peer().address()));
    }

    private static String path(RuleNode.Call call, String value) {
        if (!value.startsWith("/")) {
            throw new IllegalArgumentException("path \"" + value + "\" does not start with a '/'");
        }
        return value;
    }

    private static String one(RuleNode.Call call) {
        count(call, 1, 1);
        return call.arguments().getFirst();
    }

    private static void count(RuleNode.Call call, int least, int most) {
        int size = call.arguments().size();
        if (size < least || size > most) {
            throw new IllegalArgumentException("unexpected number of parameters for " + call.name() + "; got " + size + ", expected "
                    + (least == most ? "" + least : most == Integer.MAX_VALUE ? "at least " + least : least + " or " + most));
        }
        if (call.arguments().stream().limit(1).anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("empty args for matcher " + call.name() + ", " + call.arguments());
        }
    }

    private static Pattern pattern(String expression) {
        try {
            return Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("compiling regexp " + expression + ": " + e.getMessage(), e);
        }
    }

    /** Version 2's {@code {name}} and {@code {name:regex}} as an expression; everything else is literal. */
    private static String variables(String template, String plain) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < template.length()) {
            int open = template.indexOf('{', at);
            int close = open < 0 ? -1 : closing(template, open);
            if (close < 0) {
                return out.append(Pattern.quote(template.substring(at))).toString();
            }
            String inner = template.substring(open + 1, close);
            int colon = inner.indexOf(':');
            out.append(Pattern.quote(template.substring(at, open))).append("(?:").append(colon < 0 ? plain : inner.substring(colon + 1)).append(')');
            at = close + 1;
        }
        return out.toString();
    }

    /** Version 2's host expression as one that is anchored. */
    static String anchoredHost(String value) {
        return "^" + variables(value, "[^.]+") + "$";
    }

    private static int closing(String template, int open) {
        int depth = 0;
        for (int i = open; i < template.length(); i++) {
            depth += template.charAt(i) == '{' ? 1 : template.charAt(i) == '}' ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        return -1;
    }

    /** The host without port, in small letters. */
    static String hostOf(RequestHead head) {
        int colon = head.host().lastIndexOf(':');
        return plainHost(colon > head.host().lastIndexOf(']') ? head.host().substring(0, colon) : head.host());
    }

    private static String plainHost(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    /** The path with ordinary characters decoded; reserved ones stay encoded, so that they don't become separators. */
    private static String pathOf(RequestHead head) {
        String raw = head.rawPath();
        if (raw.indexOf('%') < 0) {
            return raw;
        }
        StringBuilder kept = new StringBuilder(raw.length() + 8);
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%' && i + 2 < raw.length()) {
                int code = Character.digit(raw.charAt(i + 1), 16) << 4 | Character.digit(raw.charAt(i + 2), 16);
                kept.append(code >= 0 && RESERVED.indexOf(code) >= 0 ? "%25" : "%");
            } else {
                kept.append(c);
            }
        }
        return RequestHead.decode(kept.toString(), false);
    }

    private static List<String> query(RequestHead head, String name) {
        List<String> values = new ArrayList<>();
        for (String pair : head.query().orElse("").split("&")) {
            int equals = pair.indexOf('=');
            if (RequestHead.decode(equals < 0 ? pair : pair.substring(0, equals), true).equals(name) && !pair.isEmpty()) {
                values.add(equals < 0 ? "" : RequestHead.decode(pair.substring(equals + 1), true));
            }
        }
        return values;
    }
}

package muster.lb.middleware;

import java.nio.charset.StandardCharsets;
import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.List;
import java.util.Optional;
import muster.lb.exchange.RequestHead;
import muster.lb.tree.Values;

/** Middlewares that change the path: addPrefix, stripPrefix, stripPrefixRegex, replacePath, replacePathRegex. */
final class Paths {
    private Paths() {}

    static Middleware addPrefix(Values options) {
        String prefix = slashed(required(options, "prefix"));
        return (head, next) -> next.handle(withPath(head, prefix + head.rawPath()));
    }

    /** The first prefix that the path begins with is removed. */
    static Middleware stripPrefix(Values options) {
        List<String> prefixes = options.texts("prefixes");
        return (head, next) -> next.handle(prefixes.stream()
                .filter(prefix -> rawLength(head.rawPath(), prefix) >= 0)
                .findFirst()
                .map(prefix -> stripped(head, prefix))
                .orElse(head));
    }

    static Middleware stripPrefixRegex(Values options) {
        List<Pattern> expressions = options.texts("regex").stream().map(String::strip).map(GoRegexp::compile).toList();
        return (head, next) -> next.handle(expressions.stream()
                .map(expression -> prefix(expression, head.path()))
                .flatMap(Optional::stream)
                .findFirst()
                .map(prefix -> stripped(head, prefix))
                .orElse(head));
    }

    static Middleware replacePath(Values options) {
        String path = RequestHead.encodePath(options.text("path"));
        return (head, next) -> next.handle(withPath(told(head), path));
    }

    static Middleware replacePathRegex(Values options) {
        Pattern expression = GoRegexp.compile(options.text("regex").strip());
        String replacement = options.text("replacement").strip();
        return (head, next) -> next.handle(expression.matcher(head.rawPath()).find()
                ? withPath(told(head), GoRegexp.replaced(expression, head.rawPath(), replacement))
                : head);
    }

    private static String required(Values options, String name) {
        if (options.text(name).isEmpty()) {
            throw new IllegalArgumentException(name + " cannot be empty");
        }
        return options.text(name);
    }

    private static RequestHead told(RequestHead head) {
        return head.withHeaders(head.headers().copy().set("X-Replaced-Path", head.rawPath()));
    }

    private static RequestHead withPath(RequestHead head, String path) {
        return head.withUri(path + head.query().map(query -> "?" + query).orElse(""));
    }

    private static RequestHead stripped(RequestHead head, String prefix) {
        RequestHead told = head.withHeaders(head.headers().copy().add("X-Forwarded-Prefix", prefix));
        return withPath(told, slashed(head.rawPath().substring(Math.max(0, rawLength(head.rawPath(), prefix)))));
    }

    /** How much of a path as it was sent is that text decoded; -1 when it does not begin with it. */
    private static int rawLength(String rawPath, String prefix) {
        byte[] wanted = prefix.getBytes(StandardCharsets.UTF_8);
        int at = 0;
        for (byte one : wanted) {
            if (at >= rawPath.length()) {
                return -1;
            }
            int high = rawPath.charAt(at) == '%' && at + 2 < rawPath.length() ? Character.digit(rawPath.charAt(at + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(rawPath.charAt(at + 2), 16);
            int sent = low < 0 ? rawPath.charAt(at) : high << 4 | low;
            if ((byte) sent != one) {
                return -1;
            }
            at += low < 0 ? 1 : 3;
        }
        return at;
    }

    private static Optional<String> prefix(Pattern expression, String path) {
        Matcher matcher = expression.matcher(path);
        return matcher.find() && matcher.start() == 0 && matcher.end() > 0 ? Optional.of(path.substring(0, matcher.end())) : Optional.empty();
    }

    private static String slashed(String path) {
        return path.startsWith("/") ? path : "/" + path;
    }
}

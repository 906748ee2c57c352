package muster.lb.middleware;

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
                .filter(prefix -> head.rawPath().startsWith(prefix))
                .findFirst()
                .map(prefix -> stripped(head, prefix))
                .orElse(head));
    }

    static Middleware stripPrefixRegex(Values options) {
        List<Pattern> expressions = options.texts("regex").stream().map(String::strip).map(GoRegexp::compile).toList();
        return (head, next) -> next.handle(expressions.stream()
                .map(expression -> prefix(expression, head.rawPath()))
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
        return withPath(told, slashed(head.rawPath().substring(prefix.length())));
    }

    private static Optional<String> prefix(Pattern expression, String path) {
        Matcher matcher = expression.matcher(path);
        return matcher.find() && matcher.start() == 0 && matcher.end() > 0 ? Optional.of(path.substring(0, matcher.end())) : Optional.empty();
    }

    private static String slashed(String path) {
        return path.startsWith("/") ? path : "/" + path;
    }
}

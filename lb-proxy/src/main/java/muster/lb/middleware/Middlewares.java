package muster.lb.middleware;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;

/** Applies middlewares to requests. */
public final class Middlewares {
    private static final Pattern GO_GROUP = Pattern.compile("\\$\\{([A-Za-z0-9_]+)\\}|\\$([A-Za-z0-9_]+)|\\$\\$");

    private Middlewares() {}

    /** What became of a request. */
    public sealed interface Outcome {
        /** It goes on, perhaps changed, and its answer will be edited. */
        record Continue(RequestHead head, Decision.ResponseEdit edit) implements Outcome {}

        /** It is answered here. */
        record Stop(Answer answer) implements Outcome {}
    }

    /** Lets the middlewares act in their order; the answer is edited in the reverse one. */
    public static Outcome apply(List<MiddlewareSpec> chain, RequestHead head) {
        RequestHead current = head;
        Decision.ResponseEdit edits = Decision.ResponseEdit.NONE;
        for (MiddlewareSpec spec : chain) {
            switch (one(spec, current)) {
                case Outcome.Stop stop -> {
                    return stop;
                }
                case Outcome.Continue next -> {
                    current = next.head();
                    Decision.ResponseEdit outer = edits;
                    edits = next.edit() == Decision.ResponseEdit.NONE ? outer : (status, headers) -> {
                        next.edit().edit(status, headers);
                        outer.edit(status, headers);
                    };
                }
            }
        }
        return new Outcome.Continue(current, edits);
    }

    private static Outcome one(MiddlewareSpec spec, RequestHead head) {
        return switch (spec) {
            case MiddlewareSpec.StripPrefix strip -> strip.prefixes().stream()
                    .filter(prefix -> head.rawPath().startsWith(prefix))
                    .findFirst()
                    .map(prefix -> stripped(head, prefix))
                    .orElse(unchanged(head));
            case MiddlewareSpec.StripPrefixRegex strip -> strip.expressions().stream()
                    .map(expression -> prefix(expression, head.rawPath()))
                    .flatMap(Optional::stream)
                    .findFirst()
                    .map(prefix -> stripped(head, prefix))
                    .orElse(unchanged(head));
            case MiddlewareSpec.AddPrefix add -> withPath(head, slashed(add.prefix()) + head.rawPath());
            case MiddlewareSpec.ReplacePath replace ->
                withPath(header(head, "X-Replaced-Path", head.rawPath()), RequestHead.encodePath(replace.path()));
            case MiddlewareSpec.ReplacePathRegex replace -> replace.expression().matcher(head.rawPath()).find()
                    ? withPath(header(head, "X-Replaced-Path", head.rawPath()),
                            replaced(replace.expression(), head.rawPath(), replace.replacement()))
                    : unchanged(head);
            case MiddlewareSpec.RedirectScheme redirect -> redirectScheme(redirect, head);
            case MiddlewareSpec.RedirectRegex redirect -> {
                String url = head.scheme() + "://" + head.host() + head.uri();
                String target = replaced(redirect.expression(), url, redirect.replacement());
                yield target.equals(url) ? unchanged(head) : redirect(head, target, redirect.isPermanent());
            }
            case MiddlewareSpec.Headers headers -> headers(headers, head);
            case MiddlewareSpec.IpAllowList allow -> muster.lb.route.AccessRules.block(head.peer().address())
                    .map(own -> new muster.lb.route.AccessRules(true, allow.blocks()).admits(List.of(head.peer().address())))
                    .orElse(false)
                    ? unchanged(head)
                    : new Outcome.Stop(Answer.text(allow.rejectStatus(), reason(allow.rejectStatus())));
            case MiddlewareSpec.Chain chain -> throw new IllegalStateException("a chain is resolved when its router is built");
            case MiddlewareSpec.Unusable unusable -> throw new IllegalStateException("a router with this middleware is disabled");
        };
    }

    private static Outcome unchanged(RequestHead head) {
        return new Outcome.Continue(head, Decision.ResponseEdit.NONE);
    }

    private static Outcome withPath(RequestHead head, String path) {
        return unchanged(head.withUri(path + head.query().map(query -> "?" + query).orElse("")));
    }

    private static Outcome stripped(RequestHead head, String prefix) {
        return withPath(header(head, "X-Forwarded-Prefix", prefix), slashed(head.rawPath().substring(prefix.length())));
    }

    private static Optional<String> prefix(Pattern expression, String path) {
        Matcher matcher = expression.matcher(path);
        return matcher.find() && matcher.start() == 0 && matcher.end() > 0 ? Optional.of(path.substring(0, matcher.end())) : Optional.empty();
    }

    private static String slashed(String path) {
        return path.startsWith("/") ? path : "/" + path;
    }

    private static RequestHead header(RequestHead head, String name, String value) {
        return new RequestHead(head.method(), head.uri(), head.host(), head.headers().copy().set(name, value), head.peer(), head.minor());
    }

    private static Outcome redirectScheme(MiddlewareSpec.RedirectScheme redirect, RequestHead head) {
        int colon = head.host().lastIndexOf(':');
        String host = colon > head.host().lastIndexOf(']') ? head.host().substring(0, colon) : head.host();
        String own = redirect.scheme().equals("https") ? "443" : "80";
        String port = redirect.port().isEmpty() || redirect.port().equals(own) ? "" : ":" + redirect.port();
        if (redirect.scheme().equals(head.scheme()) && port.isEmpty()) {
            return unchanged(head);
        }
        return redirect(head, redirect.scheme() + "://" + host + port + head.uri(), redirect.isPermanent());
    }

    private static Outcome redirect(RequestHead head, String target, boolean isPermanent) {
        boolean isGet = head.method().equals("GET");
        int status = isPermanent ? isGet ? 301 : 308 : isGet ? 302 : 307;
        Answer answer = Answer.text(status, reason(status));
        answer.headers().add("Location", target);
        answer.headers().remove("X-Content-Type-Options");
        return new Outcome.Stop(answer);
    }

    private static Outcome headers(MiddlewareSpec.Headers spec, RequestHead head) {
        HeaderList request = head.headers().copy();
        String host = head.host();
        for (Map.Entry<String, String> entry : spec.request().entrySet()) {
            if (entry.getKey().equalsIgnoreCase("Host")) {
                host = entry.getValue();
            } else if (entry.getValue().isEmpty()) {
                request.remove(entry.getKey());
            } else {
                request.set(HeaderList.canonical(entry.getKey()), entry.getValue());
            }
        }
        RequestHead changed = new RequestHead(head.method(), head.uri(), host, request, head.peer(), head.minor());
        return new Outcome.Continue(changed, spec.response().isEmpty() ? Decision.ResponseEdit.NONE : (status, headers) ->
                spec.response().forEach((name, value) -> {
                    headers.remove(name);
                    if (!value.isEmpty()) {
                        headers.add(HeaderList.canonical(name), value);
                    }
                }));
    }

    /** Every match replaced, with Go's {@code $1} and {@code ${name}} in the replacement. */
    static String replaced(Pattern expression, String text, String replacement) {
        Matcher matcher = expression.matcher(text);
        StringBuilder out = new StringBuilder();
        int last = 0;
        while (matcher.find()) {
            out.append(text, last, matcher.start()).append(expanded(matcher, replacement));
            last = matcher.end();
        }
        return out.append(text, last, text.length()).toString();
    }

    private static String expanded(Matcher match, String replacement) {
        Matcher group = GO_GROUP.matcher(replacement);
        StringBuilder out = new StringBuilder();
        int last = 0;
        while (group.find()) {
            out.append(replacement, last, group.start());
            String name = group.group(1) != null ? group.group(1) : group.group(2);
            out.append(name == null ? "$" : value(match, name));
            last = group.end();
        }
        return out.append(replacement, last, replacement.length()).toString();
    }

    private static String value(Matcher match, String name) {
        try {
            String value = name.matches("[0-9]{1,3}")
                    ? Integer.parseInt(name) <= match.groupCount() ? match.group(Integer.parseInt(name)) : ""
                    : match.group(name);
            return value == null ? "" : value;
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static String reason(int status) {
        return switch (status) {
            case 301 -> "Moved Permanently";
            case 302 -> "Found";
            case 307 -> "Temporary Redirect";
            case 308 -> "Permanent Redirect";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            default -> "";
        };
    }
}

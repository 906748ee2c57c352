package muster.lb.middleware;

import com.google.re2j.Pattern;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.RequestHead;
import muster.lb.tree.Values;

/** redirectScheme and redirectRegex: 302 and 301 for GET, 307 and 308 for everything else. */
final class Redirects {
    private Redirects() {}

    static Middleware scheme(Values options) {
        String scheme = options.text("scheme");
        if (scheme.isEmpty()) {
            throw new IllegalArgumentException("you must provide a target scheme");
        }
        String port = options.text("port");
        String own = scheme.equals("https") ? "443" : "80";
        String suffix = port.isEmpty() || port.equals(own) ? "" : ":" + port;
        boolean isPermanent = options.flag("permanent");
        return (head, next) -> {
            int colon = head.host().lastIndexOf(':');
            boolean hasPort = colon > head.host().lastIndexOf(']');
            String host = hasPort ? head.host().substring(0, colon) : head.host();
            boolean isThere = scheme.equals(schemeOf(head)) && (suffix.isEmpty() || hasPort && head.host().substring(colon).equals(suffix));
            return isThere ? next.handle(head) : redirect(head, scheme + "://" + host + suffix + head.uri(), isPermanent);
        };
    }

    static Middleware regex(Values options) {
        Pattern expression = GoRegexp.compile(options.text("regex"));
        String replacement = options.text("replacement");
        boolean isPermanent = options.flag("permanent");
        return (head, next) -> {
            String url = schemeOf(head) + "://" + head.host() + head.uri();
            if (!expression.matcher(url).find()) {
                return next.handle(head);
            }
            String target = GoRegexp.replaced(expression, url, replacement);
            return target.equals(url) ? next.handle(head) : redirect(head, target, isPermanent);
        };
    }

    /** The scheme that the client used, as far as is known: a proxy in front that is believed may have ended TLS. */
    static String schemeOf(RequestHead head) {
        String told = head.headers().first("X-Forwarded-Proto").orElse("");
        return head.peer().isTls() || told.equals("https") || told.equals("wss") ? "https" : "http";
    }

    private static Decision redirect(RequestHead head, String target, boolean isPermanent) {
        boolean isGet = head.method().equals("GET");
        int status = isPermanent ? isGet ? 301 : 308 : isGet ? 302 : 307;
        Answer answer = Decisions.plain(status, muster.lb.exchange.StatusText.of(status));
        answer.headers().add("Location", target);
        return answer;
    }
}

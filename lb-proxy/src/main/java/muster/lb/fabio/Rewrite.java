package muster.lb.fabio;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;
import muster.lb.route.Target;
import muster.lb.route.TargetOptions;

/** What a target gets as path and query, and where a redirect leads. */
final class Rewrite {
    private Rewrite() {}

    /** Path and query for the target: strip, then prepend; the target's own query goes before the request's. */
    static String uri(RequestHead head, Target target) {
        Optional<String> query = head.query();
        String own = target.url().query();
        String joined = own.isEmpty()
                ? query.map(q -> "?" + q).orElse("")
                : "?" + own + query.filter(q -> !q.isEmpty()).map(q -> "&" + q).orElse("");
        return path(head, target.options()) + joined;
    }

    /** Strip removes text in the form the client sent it, so that an encoded slash stays one; else from the decoded path. */
    private static String path(RequestHead head, TargetOptions options) {
        String path = head.rawPath();
        if (!options.strip().isEmpty()) {
            if (path.startsWith(options.strip())) {
                path = path.substring(options.strip().length());
            } else if (head.path().startsWith(options.strip())) {
                path = RequestHead.encodePath(head.path().substring(options.strip().length()));
            }
            if (!path.startsWith("/")) {
                path = "/" + path;
            }
        }
        return options.prepend().isEmpty() ? path : options.prepend() + path;
    }

    /**
     * The address of a redirect: {@code $path} is the path with the request's query unless the address has its own,
     * {@code $host} the host with its port.
     */
    static String location(RequestHead head, Target target) {
        String address = target.command().target();
        if (address.contains("$path")) {
            String path = path(head, target.options());
            boolean takesQuery = address.indexOf('?') < 0;
            address = address.replace("/$path", "$path")
                    .replace("$path", path + (takesQuery ? head.query().map(q -> "?" + q).orElse("") : ""));
        }
        address = address.replace("$host", head.host());
        int start = address.indexOf("://");
        boolean isBare = start >= 0 && address.indexOf('/', start + 3) < 0 && address.indexOf('?', start + 3) < 0;
        return isBare ? address + "/" : address;
    }

    /** The answer that sends a client there; a body for those who do not follow by themselves. */
    static Answer redirect(RequestHead head, int status, String location) {
        String text = switch (status) {
            case 301 -> "Moved Permanently";
            case 302 -> "Found";
            case 303 -> "See Other";
            case 307 -> "Temporary Redirect";
            case 308 -> "Permanent Redirect";
            default -> "Redirect";
        };
        String link = location.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&#34;");
        HeaderList headers = new HeaderList().add("Location", location);
        return head.method().equals("GET") || head.method().equals("HEAD")
                ? new Answer(status, headers.add("Content-Type", "text/html; charset=utf-8"),
                        ("<a href=\"" + link + "\">" + text + "</a>.\n\n").getBytes(StandardCharsets.UTF_8))
                : new Answer(status, headers, new byte[0]);
    }

    /** The client's own address for the request, to tell a redirect that leads back to it. */
    static String self(RequestHead head) {
        return head.headers().first("X-Forwarded-Proto").orElse(head.scheme()) + "://" + head.host() + head.uri();
    }
}

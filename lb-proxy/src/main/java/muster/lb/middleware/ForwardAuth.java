package muster.lb.middleware;

import com.google.re2j.Pattern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.Fetcher;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.HopByHop;
import muster.lb.exchange.RequestHead;
import muster.lb.exchange.Transport;
import muster.lb.route.TargetUrl;
import muster.lb.tree.Values;

/** forwardAuth: another server is asked about each request; its 2xx lets the request through, its other answers go to the client. */
final class ForwardAuth implements Middleware {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_ANSWER_BYTES = 4 * 1024 * 1024;
    /** Of a body that is sent along without a bound of its own. */
    private static final long MAX_BODY_BYTES = 64L * 1024 * 1024;

    private final TargetUrl address;
    private final Transport transport;
    private final Values options;
    private final Optional<Pattern> answerHeaders;
    private final Fetcher fetcher;
    private final int maxAnswer;

    ForwardAuth(Values options, Surroundings surroundings) {
        if (options.text("address").isEmpty()) {
            throw new IllegalArgumentException("address cannot be empty");
        }
        this.address = TargetUrl.parse(options.text("address"));
        Values tls = options.sectionOrNone("tls");
        this.transport = new Transport(Transport.Http2.NEVER, new Transport.Tls("", tls.flag("insecureSkipVerify"), surroundings.pem(tls.text("ca")),
                surroundings.pem(tls.text("cert")), surroundings.pem(tls.text("key"))), Duration.ZERO, Duration.ZERO);
        this.options = options;
        this.answerHeaders = options.text("authResponseHeadersRegex").isEmpty()
                ? Optional.empty()
                : Optional.of(GoRegexp.compile(options.text("authResponseHeadersRegex")));
        this.fetcher = surroundings.fetcher();
        long bound = options.whole("maxResponseBodySize", -1);
        this.maxAnswer = bound < 0 ? MAX_ANSWER_BYTES : (int) Math.min(bound, MAX_ANSWER_BYTES);
    }

    @Override
    public Decision handle(RequestHead head, Next next) {
        if (!options.flag("forwardBody")) {
            return ask(head, new byte[0], next);
        }
        long limit = options.whole("maxBodySize", -1);
        return new Decision.Collect(limit < 0 ? MAX_BODY_BYTES : limit, body -> body.isEmpty()
                ? Answer.empty(401)
                : ask(head, body.get(), next));
    }

    private Decision ask(RequestHead head, byte[] body, Next next) {
        String uri = (address.path().isEmpty() ? "/" : address.path()) + (address.query().isEmpty() ? "" : "?" + address.query());
        String method = options.flag("preserveRequestMethod") ? head.method() : "GET";
        CompletionStage<Fetcher.Fetched> answer = fetcher.fetch(new Fetcher.Request(method, address, transport, uri, question(head), body,
                TIMEOUT, maxAnswer));
        return new Decision.Later(answer.handle((fetched, failure) -> failure != null ? Answer.empty(500)
                : fetched.status() >= 200 && fetched.status() < 300 ? admitted(head, fetched, next) : refused(fetched)));
    }

    private HeaderList question(RequestHead head) {
        HeaderList headers = new HeaderList();
        List<String> wanted = options.texts("authRequestHeaders");
        head.headers().forEach((name, value) -> {
            if ((wanted.isEmpty() || wanted.stream().anyMatch(name::equalsIgnoreCase)) && !isFraming(name)) {
                headers.add(name, value);
            }
        });
        boolean isTrusting = options.flag("trustForwardHeader");
        HeaderList told = head.headers();
        String before = told.first("X-Forwarded-For").filter(value -> isTrusting && !value.isEmpty()).map(value -> value + ", ").orElse("");
        headers.set("X-Forwarded-For", before + head.peer().address());
        told(headers, told, isTrusting, "X-Forwarded-Method", head.method());
        told(headers, told, isTrusting, "X-Forwarded-Proto", head.scheme());
        told(headers, told, isTrusting, "X-Forwarded-Host", head.host());
        told(headers, told, isTrusting, "X-Forwarded-Uri", head.uri());
        return headers.set("Host", address.authority());
    }

    private static void told(HeaderList headers, HeaderList before, boolean isTrusting, String name, String value) {
        headers.set(name, before.first(name).filter(old -> isTrusting && !old.isEmpty()).orElse(value));
    }

    private static boolean isFraming(String name) {
        return name.equalsIgnoreCase("Content-Length") || name.equalsIgnoreCase("Transfer-Encoding") || name.equalsIgnoreCase("Expect")
                || name.equalsIgnoreCase("Host") || name.equalsIgnoreCase("Upgrade") || name.equalsIgnoreCase("Connection");
    }

    private Decision admitted(RequestHead head, Fetcher.Fetched answer, Next next) {
        HeaderList headers = head.headers().copy();
        for (String name : options.texts("authResponseHeaders")) {
            headers.remove(name);
            answer.headers().all(name).forEach(value -> headers.add(HeaderList.canonical(name), value));
        }
        answerHeaders.ifPresent(expression -> {
            List<String> forged = new ArrayList<>();
            headers.forEach((name, value) -> {
                if (expression.matcher(name).find()) {
                    forged.add(name);
                }
            });
            forged.forEach(headers::remove);
            answer.headers().forEach((name, value) -> {
                if (expression.matcher(HeaderList.canonical(name)).find()) {
                    headers.add(HeaderList.canonical(name), value);
                }
            });
        });
        if (!options.text("headerField").isEmpty()) {
            answer.headers().first(options.text("headerField")).ifPresent(user -> headers.set(options.text("headerField"), user));
        }
        Decision made = next.handle(head.withHeaders(headers));
        List<String> meant = options.texts("addAuthCookiesToResponse");
        if (meant.isEmpty()) {
            return made;
        }
        List<String> cookies = answer.headers().all("Set-Cookie").stream().filter(cookie -> meant.contains(nameOf(cookie))).toList();
        return Decisions.edited(made, (status, own) -> {
            List<String> kept = own.all("Set-Cookie").stream().filter(cookie -> !meant.contains(nameOf(cookie))).toList();
            own.remove("Set-Cookie");
            kept.forEach(cookie -> own.add("Set-Cookie", cookie));
            cookies.forEach(cookie -> own.add("Set-Cookie", cookie));
        });
    }

    /** The name of the cookie that a Set-Cookie line sets. */
    private static String nameOf(String cookie) {
        return cookie.replaceFirst("=.*", "").strip();
    }

    /** The auth server's own answer. A relative place that it sends the client to is one of its own. */
    private Decision refused(Fetcher.Fetched answer) {
        HeaderList headers = HopByHop.forwardableAnswer(answer.headers()).remove("Content-Length");
        headers.first("Location").filter(place -> place.startsWith("/") && !place.startsWith("//") && !options.flag("preserveLocationHeader"))
                .ifPresent(place -> headers.set("Location", address.scheme() + "://" + address.authority() + place));
        return new Answer(answer.status(), headers, answer.body());
    }
}

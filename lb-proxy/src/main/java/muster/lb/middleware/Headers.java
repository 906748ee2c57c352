package muster.lb.middleware;

import com.google.re2j.Pattern;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.Decision.ResponseEdit;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;
import muster.lb.tree.Values;

/** The headers middleware: headers set and removed both ways, answers for browsers that ask before they send (CORS). */
final class Headers implements Middleware {
    private final Map<String, String> request;
    private final Map<String, String> response;
    private final Optional<Cors> cors;
    private final Optional<SecureHeaders> secure;

    /** Which other origins may use the answers (WHATWG Fetch: "CORS protocol"). */
    private record Cors(Values options, List<String> origins, List<Pattern> expressions) {
        static Optional<Cors> of(Values options) {
            boolean isSet = options.map().keySet().stream().anyMatch(key -> key.startsWith("accessControl")) || options.flag("addVaryHeader");
            return isSet
                    ? Optional.of(new Cors(options, options.texts("accessControlAllowOriginList"),
                            options.texts("accessControlAllowOriginListRegex").stream().map(GoRegexp::compile).toList()))
                    : Optional.empty();
        }

        private Optional<String> allowed(String origin) {
            for (String known : origins) {
                if (known.equals("*") || known.equals(origin)) {
                    return Optional.of(known);
                }
            }
            return expressions.stream().anyMatch(expression -> expression.matcher(origin).find()) ? Optional.of(origin) : Optional.empty();
        }

        boolean isPreflight(RequestHead head) {
            return head.method().equals("OPTIONS") && !head.headers().first("Access-Control-Request-Method").orElse("").isEmpty()
                    && !head.headers().first("Origin").orElse("").isEmpty();
        }

        Answer preflight(RequestHead head) {
            Answer answer = Answer.empty(200);
            HeaderList headers = answer.headers();
            if (options.flag("accessControlAllowCredentials")) {
                headers.set("Access-Control-Allow-Credentials", "true");
            }
            list(headers, "Access-Control-Allow-Headers", "accessControlAllowHeaders");
            list(headers, "Access-Control-Allow-Methods", "accessControlAllowMethods");
            allowed(head.headers().first("Origin").orElse("")).ifPresent(origin -> headers.set("Access-Control-Allow-Origin", origin));
            return new Answer(200, headers.set("Access-Control-Max-Age", "" + options.whole("accessControlMaxAge")), answer.body());
        }

        void edit(String origin, HeaderList headers) {
            allowed(origin).ifPresent(match -> headers.set("Access-Control-Allow-Origin", match));
            if (options.flag("accessControlAllowCredentials")) {
                headers.set("Access-Control-Allow-Credentials", "true");
            }
            list(headers, "Access-Control-Expose-Headers", "accessControlExposeHeaders");
            if (options.flag("addVaryHeader")) {
                String vary = headers.first("Vary").orElse("");
                if (!vary.equals("Origin")) {
                    headers.set("Vary", vary.isEmpty() ? "Origin" : vary + ",Origin");
                }
            }
        }

        private void list(HeaderList headers, String name, String option) {
            String value = String.join(",", options.texts(option));
            if (!value.isEmpty()) {
                headers.set(name, value);
            }
        }
    }

    Headers(Values options) {
        this.request = options.textMap("customRequestHeaders");
        this.response = options.textMap("customResponseHeaders");
        this.cors = Cors.of(options);
        this.secure = SecureHeaders.of(options);
        if (request.isEmpty() && response.isEmpty() && cors.isEmpty() && secure.isEmpty()) {
            throw new IllegalArgumentException("headers configuration not valid");
        }
    }

    @Override
    public Decision handle(RequestHead head, Next next) {
        if (cors.isPresent() && cors.get().isPreflight(head)) {
            return cors.get().preflight(head);
        }
        Optional<Decision> refused = secure.flatMap(rules -> rules.refusal(head));
        if (refused.isPresent()) {
            return refused.get();
        }
        Decision made = next.handle(request.isEmpty() ? head : changed(head));
        return response.isEmpty() && cors.isEmpty() && secure.isEmpty() ? made : Decisions.edited(made, edit(head));
    }

    private ResponseEdit edit(RequestHead head) {
        return (status, headers) -> {
            secure.ifPresent(rules -> rules.edit(head, headers));
            response.forEach((name, value) -> {
                headers.remove(name);
                if (!value.isEmpty()) {
                    headers.add(HeaderList.canonical(name), value);
                }
            });
            cors.ifPresent(rules -> rules.edit(head.headers().first("Origin").orElse(""), headers));
        };
    }

    private RequestHead changed(RequestHead head) {
        HeaderList headers = head.headers().copy();
        String host = head.host();
        for (Map.Entry<String, String> entry : request.entrySet()) {
            if (entry.getKey().equalsIgnoreCase("Host")) {
                host = entry.getValue();
            } else if (entry.getValue().isEmpty()) {
                headers.remove(entry.getKey());
            } else {
                headers.set(HeaderList.canonical(entry.getKey()), entry.getValue());
            }
        }
        return head.withHeaders(headers).withHost(host);
    }
}

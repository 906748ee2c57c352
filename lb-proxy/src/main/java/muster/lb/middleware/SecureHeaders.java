package muster.lb.middleware;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;
import muster.lb.tree.Values;

/** The security options of the headers middleware: which hosts are served, what browsers are told. */
final class SecureHeaders {
    private static final List<String> KEYS = List.of("allowedHosts", "hostsProxyHeaders", "sslRedirect", "sslTemporaryRedirect", "sslHost",
            "sslProxyHeaders", "sslForceHost", "stsSeconds", "stsIncludeSubdomains", "stsPreload", "forceSTSHeader", "frameDeny",
            "customFrameOptionsValue", "contentTypeNosniff", "browserXssFilter", "customBrowserXSSValue", "contentSecurityPolicy",
            "contentSecurityPolicyReportOnly", "publicKey", "referrerPolicy", "permissionsPolicy", "featurePolicy", "isDevelopment");
    private static final Map<String, String> PLAIN = Map.of("contentSecurityPolicy", "Content-Security-Policy",
            "contentSecurityPolicyReportOnly", "Content-Security-Policy-Report-Only", "referrerPolicy", "Referrer-Policy",
            "permissionsPolicy", "Permissions-Policy", "featurePolicy", "Feature-Policy");

    private final Values options;
    private final boolean isDevelopment;

    private SecureHeaders(Values options) {
        this.options = options;
        this.isDevelopment = options.flag("isDevelopment");
    }

    /** Empty when none of the options is set. */
    static Optional<SecureHeaders> of(Values options) {
        return KEYS.stream().anyMatch(options::has) ? Optional.of(new SecureHeaders(options)) : Optional.empty();
    }

    /** The answer to a request for a host that is not served here, or that has to come by TLS. */
    Optional<Decision> refusal(RequestHead head) {
        if (isDevelopment) {
            return Optional.empty();
        }
        List<String> hosts = options.texts("allowedHosts");
        String host = options.texts("hostsProxyHeaders").stream()
                .map(name -> head.headers().first(name).orElse(""))
                .filter(value -> !value.isEmpty())
                .findFirst()
                .orElse(head.host());
        if (!hosts.isEmpty() && hosts.stream().noneMatch(host::equalsIgnoreCase)) {
            return Optional.of(Answer.text(500, "Bad Host\n"));
        }
        String wanted = options.text("sslHost");
        boolean isForced = options.flag("sslForceHost") && !wanted.isEmpty() && !wanted.equals(head.host());
        if (options.flag("sslRedirect") && !isTls(head) || isForced) {
            Answer answer = Decisions.plain(options.flag("sslTemporaryRedirect") ? 307 : 301, "");
            answer.headers().add("Location", "https://" + (wanted.isEmpty() ? head.host() : wanted) + head.uri());
            return Optional.of(answer);
        }
        return Optional.empty();
    }

    void edit(RequestHead head, HeaderList headers) {
        long seconds = options.whole("stsSeconds");
        if (seconds > 0 && (isTls(head) || options.flag("forceSTSHeader")) && !isDevelopment) {
            headers.set("Strict-Transport-Security", "max-age=" + seconds
                    + (options.flag("stsIncludeSubdomains") ? "; includeSubDomains" : "")
                    + (options.flag("stsPreload") ? "; preload" : ""));
        }
        String frame = options.text("customFrameOptionsValue");
        if (!frame.isEmpty() || options.flag("frameDeny")) {
            headers.set("X-Frame-Options", frame.isEmpty() ? "DENY" : frame);
        }
        if (options.flag("contentTypeNosniff")) {
            headers.set("X-Content-Type-Options", "nosniff");
        }
        String filter = options.text("customBrowserXSSValue");
        if (!filter.isEmpty() || options.flag("browserXssFilter")) {
            headers.set("X-XSS-Protection", filter.isEmpty() ? "1; mode=block" : filter);
        }
        if (!options.text("publicKey").isEmpty() && isTls(head) && !isDevelopment) {
            headers.set("Public-Key-Pins", options.text("publicKey"));
        }
        PLAIN.forEach((option, name) -> {
            if (!options.text(option).isEmpty()) {
                headers.set(name, options.text(option));
            }
        });
    }

    private boolean isTls(RequestHead head) {
        return head.peer().isTls() || options.textMap("sslProxyHeaders").entrySet().stream()
                .anyMatch(entry -> head.headers().first(entry.getKey()).orElse("").equals(entry.getValue()));
    }
}

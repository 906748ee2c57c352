package muster.lb.traefik;

import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import muster.lb.exchange.Transport;
import muster.lb.tree.Values;

/** How servers are spoken to, as {@code serversTransport} says. */
final class Transports {
    private Transports() {}

    /** @param pem reads an option that is a file's name or the text itself */
    static Transport of(Values options, UnaryOperator<String> pem) {
        Values timeouts = options.sectionOrNone("forwardingTimeouts");
        Values certificate = options.sections("certificates").stream().findFirst().orElse(Values.NONE);
        return new Transport(
                options.flag("disableHTTP2") ? Transport.Http2.NEVER : Transport.Http2.NEGOTIATED,
                new Transport.Tls(options.text("serverName"), options.flag("insecureSkipVerify"),
                        options.texts("rootCAs").stream().map(pem).collect(Collectors.joining("\n")),
                        pem.apply(certificate.text("certFile")), pem.apply(certificate.text("keyFile"))),
                timeouts.duration("dialTimeout").orElse(Duration.ZERO),
                timeouts.duration("responseHeaderTimeout").orElse(Duration.ZERO));
    }
}

package muster.lb.traefik;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import muster.lb.exchange.Transport;
import muster.lb.middleware.Surroundings;
import muster.lb.tree.Values;

/** The transports that services use, while a table is made; by complete name, the usual one by "", those of TCP with {@link #TCP} before. One use, one thread. */
final class UsedTransports {
    static final String TCP = "tcp ";

    private final TraefikConfig config;
    private final Surroundings surroundings;
    private final BiFunction<Kind, String, Optional<Values>> definitions;
    private final Map<String, Transport> made = new HashMap<>();

    UsedTransports(TraefikConfig config, Surroundings surroundings, BiFunction<Kind, String, Optional<Values>> definitions) {
        this.config = config;
        this.surroundings = surroundings;
        this.definitions = definitions;
    }

    /** Looks again at those in use, whose files may have changed; returns the keys of those that differ. */
    Set<String> changed(Map<String, Transport> before, Change change) {
        Set<String> changed = new HashSet<>(change.names(Kind.HTTP_TRANSPORT));
        change.names(Kind.TCP_TRANSPORT).forEach(name -> changed.add(TCP + name));
        before.forEach((key, old) -> {
            try {
                if (!(key.startsWith(TCP) ? tcp(key.substring(TCP.length())) : http(key)).equals(old)) {
                    changed.add(key);
                }
            } catch (IllegalArgumentException e) {
                changed.add(key);
            }
        });
        return changed;
    }

    /** Throws {@link IllegalArgumentException} when there is none of that name, or it can't be used. */
    Transport http(String name) {
        Transport known = made.get(name);
        if (known == null) {
            known = Transports.of(name.isEmpty() ? config.transport() : defined(Kind.HTTP_TRANSPORT, name), surroundings::pem);
            made.put(name, known);
        }
        return known;
    }

    /** The same for TCP and UDP. */
    Transport tcp(String name) {
        Transport known = made.get(TCP + name);
        if (known == null) {
            Values options = name.isEmpty() ? Values.NONE : defined(Kind.TCP_TRANSPORT, name);
            known = new Transport(Transport.Http2.NEVER, Transports.of(options.sectionOrNone("tls"), surroundings::pem).tls(),
                    options.duration("dialTimeout").orElse(Duration.ZERO), Duration.ZERO);
            made.put(TCP + name, known);
        }
        return known;
    }

    private Values defined(Kind kind, String name) {
        return definitions.apply(kind, name).orElseThrow(() -> new IllegalArgumentException("servers transport not found " + name));
    }

    /** The one that a service's load balancer asks for. */
    static String name(Values balancer, String service) {
        String wanted = balancer.text("serversTransport");
        return wanted.isEmpty() ? "" : RouterDraft.complete(wanted, service);
    }

    Map<String, Transport> made() {
        return made;
    }
}

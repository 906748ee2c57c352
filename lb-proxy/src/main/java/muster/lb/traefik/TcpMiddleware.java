package muster.lb.traefik;

import static muster.lb.tree.Shape.Leaf.TEXTS;
import static muster.lb.tree.Shape.Leaf.WHOLE;
import static muster.lb.tree.Shape.fields;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import muster.lb.middleware.IpAllowList;
import muster.lb.route.AccessRules;
import muster.lb.tree.Shape;
import muster.lb.tree.Values;

/** A middleware of TCP routers (Traefik: "TCP Middlewares"): who may connect. */
sealed interface TcpMiddleware {
    Shape.Fields SHAPE = fields("ipAllowList", fields("sourceRange", TEXTS), "ipWhiteList", fields("sourceRange", TEXTS),
            "inFlightConn", fields("amount", WHOLE));

    /** Only clients with such an address. */
    record AllowList(AccessRules rules) implements TcpMiddleware {
        @Override
        public Optional<Runnable> enter(String address) {
            return IpAllowList.isIn(rules, address) ? Optional.of(() -> { }) : Optional.empty();
        }
    }

    /** At most so many connections of one client at once. */
    record InFlight(long amount, Map<String, Integer> open) implements TcpMiddleware {
        @Override
        public Optional<Runnable> enter(String address) {
            boolean isTooMany = open.merge(address, 1, Integer::sum) > amount;
            Runnable leave = () -> open.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
            if (isTooMany) {
                leave.run();
                return Optional.empty();
            }
            return Optional.of(leave);
        }
    }

    /** Lets a client in, or not; what comes back is run when its connection is over. */
    Optional<Runnable> enter(String address);

    /** The type's name in Traefik's letters, "" for a definition that has none. */
    static String type(Values definition) {
        return SHAPE.fields().keySet().stream().filter(definition::has).findFirst().orElse("");
    }

    /** Makes it; throws {@link IllegalArgumentException} that says what is wrong. */
    static TcpMiddleware of(Values definition) {
        return switch (type(definition)) {
            case "ipAllowList" -> new AllowList(IpAllowList.rules(definition.sectionOrNone("ipAllowList")));
            case "ipWhiteList" -> new AllowList(IpAllowList.rules(definition.sectionOrNone("ipWhiteList")));
            case "inFlightConn" -> new InFlight(definition.sectionOrNone("inFlightConn").whole("amount"), new ConcurrentHashMap<>());
            default -> throw new IllegalArgumentException("it has no type: one of " + List.copyOf(SHAPE.fields().keySet()));
        };
    }
}

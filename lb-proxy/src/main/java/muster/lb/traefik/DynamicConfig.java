package muster.lb.traefik;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import muster.lb.middleware.MiddlewareOptions;
import muster.lb.route.Problem;

/** Routers, services and middlewares as tags define them, by name without provider. */
record DynamicConfig(
        SortedMap<String, Router> routers,
        SortedMap<String, Service> services,
        SortedMap<String, MiddlewareOptions> middlewares,
        List<Problem> problems) {
    /**
     * A router.
     *
     * @param priority 0 for the rule's length
     * @param entryPoints empty for the default ones
     * @param unsupported options that this program does not know
     */
    record Router(String rule, int priority, List<String> entryPoints, String service, List<String> middlewares, String syntax,
            List<String> unsupported) {}

    /**
     * A load balancer.
     *
     * @param servers URLs
     * @param shown its options as the API shows them, servers left out
     * @param error why it can't be used, "" when it can
     */
    record Service(List<String> servers, boolean passHostHeader, Map<String, Object> shown, List<String> unsupported, String error) {
        Service joined(Service that) {
            Set<String> all = new LinkedHashSet<>(servers);
            all.addAll(that.servers);
            return new Service(List.copyOf(all), passHostHeader, shown, unsupported, error);
        }

        boolean isLike(Service that) {
            return passHostHeader == that.passHostHeader && shown.equals(that.shown);
        }
    }

    /**
     * All instances' definitions as one: equal ones fold, load balancers that differ in servers only get the union, and what
     * contradicts itself is removed everywhere and told.
     */
    static DynamicConfig merge(List<DynamicConfig> parts) {
        List<Problem> problems = new ArrayList<>();
        parts.forEach(part -> problems.addAll(part.problems()));
        return new DynamicConfig(
                merged("router", parts.stream().map(DynamicConfig::routers).toList(), problems, (a, b) -> a.equals(b) ? a : null),
                merged("service", parts.stream().map(DynamicConfig::services).toList(), problems, (a, b) -> a.isLike(b) ? a.joined(b) : null),
                merged("middleware", parts.stream().map(DynamicConfig::middlewares).toList(), problems,
                        (a, b) -> a.type().equals(b.type()) && a.options().equals(b.options()) ? a : null),
                List.copyOf(problems));
    }

    /** @param join gives the one definition for two, or null when they contradict each other */
    private static <T> SortedMap<String, T> merged(
            String kind, List<SortedMap<String, T>> parts, List<Problem> problems, BinaryOperator<T> join) {
        SortedMap<String, T> all = new TreeMap<>();
        Map<String, Boolean> torn = new LinkedHashMap<>();
        for (SortedMap<String, T> part : parts) {
            part.forEach((name, definition) -> {
                T known = all.get(name);
                T joined = known == null ? definition : join.apply(known, definition);
                if (joined == null) {
                    torn.put(name, true);
                } else {
                    all.put(name, joined);
                }
            });
        }
        torn.keySet().forEach(name -> {
            all.remove(name);
            problems.add(new Problem(kind + " " + name, kind + " defined multiple times with different configurations; it was removed"));
        });
        return all;
    }
}

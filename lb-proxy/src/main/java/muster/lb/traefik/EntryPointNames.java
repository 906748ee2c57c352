package muster.lb.traefik;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The names of entry points by protocol, tcp or udp; worked out once, so that tens of thousands of routers share the lists. Immutable. */
final class EntryPointNames {
    private final Map<String, List<String>> all = new HashMap<>();
    private final Map<String, List<String>> usual = new HashMap<>();

    EntryPointNames(List<TraefikConfig.EntryPoint> entryPoints) {
        for (String protocol : List.of("tcp", "udp")) {
            List<TraefikConfig.EntryPoint> there = entryPoints.stream().filter(entry -> entry.protocol().equals(protocol)).toList();
            List<String> chosen = there.stream().filter(TraefikConfig.EntryPoint::isDefault).map(TraefikConfig.EntryPoint::name).sorted().toList();
            all.put(protocol, there.stream().map(TraefikConfig.EntryPoint::name).toList());
            usual.put(protocol, !chosen.isEmpty() ? chosen
                    : all.get(protocol).stream().filter(entry -> !entry.equals(TraefikConfig.INTERNAL)).sorted().toList());
        }
    }

    List<String> of(String protocol) {
        return all.get(protocol);
    }

    /** Those of a router that names none. */
    List<String> usual(String protocol) {
        return usual.get(protocol);
    }
}

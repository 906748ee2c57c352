package muster.registry.agent;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceRegistration;
import muster.registry.client.ServiceRegistration.Probe;

/** A registration of the registry client's form as the body that the same client would send over HTTP. Pure. */
final class ClientRegistrations {
    private ClientRegistrations() {}

    static Bodies.ServiceBody body(ServiceRegistration service) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("ID", service.id());
        tree.put("Name", service.name());
        tree.put("Tags", service.tags());
        tree.put("Address", service.address());
        tree.put("Port", service.port());
        Map<String, Object> tagged = new LinkedHashMap<>();
        service.taggedAddresses().forEach((name, at) -> tagged.put(name, Map.of("Address", at.address(), "Port", at.port())));
        tree.put("TaggedAddresses", tagged);
        tree.put("Meta", service.meta());
        ServiceInstance.Weights weights = service.weights();
        tree.put("Weights", Map.of("Passing", weights.passing(), "Warning", weights.warning()));
        tree.put("EnableTagOverride", service.enableTagOverride());
        tree.put("Checks", service.checks().stream().map(ClientRegistrations::check).toList());
        return Bodies.fromTree(Bodies.ServiceBody.class, tree);
    }

    private static Map<String, Object> check(ServiceRegistration.Check check) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("CheckID", check.id());
        tree.put("Name", check.name());
        check.status().ifPresent(status -> tree.put("Status", status.toString()));
        tree.put("SuccessBeforePassing", check.successBeforePassing());
        tree.put("FailuresBeforeCritical", check.failuresBeforeCritical());
        check.deregisterCriticalServiceAfter().ifPresent(after -> tree.put("DeregisterCriticalServiceAfter", after));
        tree.putAll(probe(check.probe()));
        return tree;
    }

    private static Map<String, Object> probe(Probe probe) {
        return switch (probe) {
            case Probe.Http http -> Map.of("HTTP", http.url(), "Method", http.method(), "Header", http.header(),
                    "Body", http.body(), "TLSSkipVerify", http.tlsSkipVerify(), "Interval", http.interval(),
                    "Timeout", http.timeout());
            case Probe.Tcp tcp -> Map.of("TCP", tcp.address(), "Interval", tcp.interval(), "Timeout", tcp.timeout());
            case Probe.Ttl ttl -> Map.of("TTL", ttl.ttl());
            case Probe.Grpc grpc -> Map.of("GRPC", grpc.target(), "GRPCUseTLS", grpc.tls(), "Interval", grpc.interval(),
                    "Timeout", grpc.timeout());
            case Probe.Script script -> Map.of("Args", List.copyOf(script.args()), "Interval", script.interval(),
                    "Timeout", script.timeout());
        };
    }
}

package muster.registry.client.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.registry.client.ServiceRegistration;
import muster.registry.client.ServiceRegistration.Probe;
import muster.wire.GoDuration;
import muster.wire.Json;

/** The bodies of registrations. (Consul HTTP API: agent/service/register, agent/check) */
final class Registrations {
    private Registrations() {}

    static byte[] body(ServiceRegistration registration) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("ID", registration.id());
        body.put("Name", registration.name());
        body.put("Tags", registration.tags());
        body.put("Address", registration.address());
        body.put("Port", registration.port());
        if (!registration.taggedAddresses().isEmpty()) {
            Map<String, Object> tagged = new TreeMap<>();
            registration.taggedAddresses().forEach((name, at) -> tagged.put(name, Map.of("Address", at.address(), "Port", at.port())));
            body.put("TaggedAddresses", tagged);
        }
        body.put("Meta", registration.meta());
        body.put("Weights", new LinkedHashMap<>(Map.of(
                "Passing", registration.weights().passing(), "Warning", registration.weights().warning())));
        body.put("EnableTagOverride", registration.enableTagOverride());
        body.put("Checks", registration.checks().stream().map(Registrations::check).toList());
        return Json.write(body);
    }

    private static Map<String, Object> check(ServiceRegistration.Check check) {
        Map<String, Object> body = new LinkedHashMap<>();
        if (!check.id().isEmpty()) {
            body.put("CheckID", check.id());
        }
        if (!check.name().isEmpty()) {
            body.put("Name", check.name());
        }
        switch (check.probe()) {
            case Probe.Http http -> {
                body.put("HTTP", http.url());
                body.put("Method", http.method());
                body.put("Header", new LinkedHashMap<String, List<String>>(http.header()));
                body.put("Body", http.body());
                body.put("TLSSkipVerify", http.tlsSkipVerify());
                timing(body, http.interval(), http.timeout());
            }
            case Probe.Tcp tcp -> {
                body.put("TCP", tcp.address());
                timing(body, tcp.interval(), tcp.timeout());
            }
            case Probe.Ttl ttl -> body.put("TTL", GoDuration.format(ttl.ttl()));
            case Probe.Grpc grpc -> {
                body.put("GRPC", grpc.target());
                body.put("GRPCUseTLS", grpc.tls());
                timing(body, grpc.interval(), grpc.timeout());
            }
            case Probe.Script script -> {
                body.put("Args", script.args());
                timing(body, script.interval(), script.timeout());
            }
        }
        check.status().ifPresent(status -> body.put("Status", status.toString()));
        body.put("SuccessBeforePassing", check.successBeforePassing());
        body.put("FailuresBeforeCritical", check.failuresBeforeCritical());
        check.deregisterCriticalServiceAfter()
                .ifPresent(after -> body.put("DeregisterCriticalServiceAfter", GoDuration.format(after)));
        return body;
    }

    private static void timing(Map<String, Object> body, Duration interval, Duration timeout) {
        body.put("Interval", GoDuration.format(interval));
        if (!timeout.isZero()) {
            body.put("Timeout", GoDuration.format(timeout));
        }
    }
}
